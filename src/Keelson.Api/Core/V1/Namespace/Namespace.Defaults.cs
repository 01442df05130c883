namespace Keelson.Api.Core.V1;

public sealed partial record Namespace
{
    /// <summary>The label by which selectors find a namespace by its name; it always has this value.</summary>
    internal const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary>The label with the name, once there is one; a namespace without a phase is active.</summary>
    public static Namespace SetDefaults(Namespace obj)
    {
        obj = SetNameLabel(obj);
        return obj.Status.Phase.Length == 0 ? obj with { Status = obj.Status with { Phase = NamespacePhase.Active } } : obj;
    }

    private static Namespace SetNameLabel(Namespace obj)
    {
        string name = obj.Metadata.Name;
        return name.Length == 0 || obj.Metadata.Labels.GetValueOrDefault(NameLabel) == name
            ? obj
            : obj with { Metadata = obj.Metadata with { Labels = obj.Metadata.Labels.With(NameLabel, name) } };
    }
}
