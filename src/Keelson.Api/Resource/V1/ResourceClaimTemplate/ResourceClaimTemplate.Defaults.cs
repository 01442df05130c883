namespace Keelson.Api.Resource.V1;

public sealed partial record ResourceClaimTemplate
{
    /// <inheritdoc/>
    public static ResourceClaimTemplate SetDefaults(ResourceClaimTemplate obj)
    {
        ResourceClaimSpec spec = ResourceClaimDefaults.SetDefaults(obj.Spec.Spec);
        return ReferenceEquals(spec, obj.Spec.Spec) ? obj : obj with { Spec = obj.Spec with { Spec = spec } };
    }
}
