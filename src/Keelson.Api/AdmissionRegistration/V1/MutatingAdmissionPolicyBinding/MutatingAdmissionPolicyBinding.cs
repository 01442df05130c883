using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Puts a mutating policy into effect, with parameters and a scope of its own.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding")]
[Kind(
    "admissionregistration.k8s.io",
    "v1",
    "mutatingadmissionpolicybindings",
    Singular = "mutatingadmissionpolicybinding",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    Categories = "api-extensions",
    StoragePrefix = "mutatingadmissionpolicybindings")]
public sealed partial record MutatingAdmissionPolicyBinding : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Policy, parameters and scope.</summary>
    [Field(2)]
    public partial MutatingAdmissionPolicyBindingSpec Spec { get; init; }
}
