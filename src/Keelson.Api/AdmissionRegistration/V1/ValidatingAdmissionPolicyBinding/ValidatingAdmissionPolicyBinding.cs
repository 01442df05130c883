using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Puts a validating policy into effect, with parameters and a scope of its own.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding")]
[Kind(
    "admissionregistration.k8s.io",
    "v1",
    "validatingadmissionpolicybindings",
    Singular = "validatingadmissionpolicybinding",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    Categories = "api-extensions",
    StoragePrefix = "validatingadmissionpolicybindings")]
public sealed partial record ValidatingAdmissionPolicyBinding : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Policy, parameters, scope and consequences.</summary>
    [Field(2, Required = true)]
    public partial ValidatingAdmissionPolicyBindingSpec Spec { get; init; }
}
