namespace Keelson.Api.Core.V1;

public sealed partial record ResourceQuota
{
    /// <summary>Amounts finer than a thousandth are rounded up.</summary>
    public static ResourceQuota SetDefaults(ResourceQuota obj) => obj with
    {
        Spec = obj.Spec with { Hard = ResourceRules.SetDefaults(obj.Spec.Hard) },
        Status = obj.Status with { Hard = ResourceRules.SetDefaults(obj.Status.Hard), Used = ResourceRules.SetDefaults(obj.Status.Used) },
    };
}
