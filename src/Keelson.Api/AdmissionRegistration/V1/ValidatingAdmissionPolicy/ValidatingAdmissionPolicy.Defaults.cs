namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicy
{
    /// <inheritdoc/>
    public static ValidatingAdmissionPolicy SetDefaults(ValidatingAdmissionPolicy obj) => obj with
    {
        Spec = obj.Spec with
        {
            FailurePolicy = obj.Spec.FailurePolicy ?? FailurePolicyType.Fail,
            MatchConstraints = AdmissionDefaults.SetDefaults(obj.Spec.MatchConstraints),
        },
    };
}
