namespace Keelson.Api.Networking.V1;

public sealed partial record IngressClass
{
    /// <inheritdoc/>
    public static IngressClass SetDefaults(IngressClass obj) => obj.Spec.Parameters is { Scope: null } parameters
        ? obj with { Spec = obj.Spec with { Parameters = parameters with { Scope = "Cluster" } } }
        : obj;
}
