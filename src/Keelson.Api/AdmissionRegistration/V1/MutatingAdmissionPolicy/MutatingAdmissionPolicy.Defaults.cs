namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicy
{
    /// <inheritdoc/>
    public static MutatingAdmissionPolicy SetDefaults(MutatingAdmissionPolicy obj) => obj with
    {
        Spec = obj.Spec with
        {
            FailurePolicy = obj.Spec.FailurePolicy ?? FailurePolicyType.Fail,
            MatchConstraints = AdmissionDefaults.SetDefaults(obj.Spec.MatchConstraints),
        },
    };
}
