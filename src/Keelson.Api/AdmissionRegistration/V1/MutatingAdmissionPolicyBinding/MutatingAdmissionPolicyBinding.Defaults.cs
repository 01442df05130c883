namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicyBinding
{
    /// <inheritdoc/>
    public static MutatingAdmissionPolicyBinding SetDefaults(MutatingAdmissionPolicyBinding obj) => obj.Spec.MatchResources is null
        ? obj
        : obj with { Spec = obj.Spec with { MatchResources = AdmissionDefaults.SetDefaults(obj.Spec.MatchResources) } };
}
