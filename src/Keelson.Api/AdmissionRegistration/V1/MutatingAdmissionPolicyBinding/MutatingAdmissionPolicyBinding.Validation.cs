using Keelson.Machinery.Validation;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicyBinding
{
    /// <inheritdoc/>
    public static void Validate(MutatingAdmissionPolicyBinding obj, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("spec");
        AdmissionRules.ValidateBinding(obj.Spec.PolicyName, obj.Spec.ParamRef, obj.Spec.MatchResources, path, errors);
        AdmissionRules.ValidateMutatingOperations(obj.Spec.MatchResources, path.Child("matchResources"), errors);
    }
}
