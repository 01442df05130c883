namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicyBinding
{
    /// <inheritdoc/>
    public static ValidatingAdmissionPolicyBinding SetDefaults(ValidatingAdmissionPolicyBinding obj) => obj.Spec.MatchResources is null
        ? obj
        : obj with { Spec = obj.Spec with { MatchResources = AdmissionDefaults.SetDefaults(obj.Spec.MatchResources) } };
}
