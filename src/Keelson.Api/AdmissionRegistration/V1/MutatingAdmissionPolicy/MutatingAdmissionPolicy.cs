using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>
/// Changes objects on their way into the cluster by CEL expressions, without a webhook. Takes effect through
/// bindings.
/// </summary>
[ApiType("io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy")]
[Kind(
    "admissionregistration.k8s.io",
    "v1",
    "mutatingadmissionpolicies",
    Singular = "mutatingadmissionpolicy",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    Categories = "api-extensions",
    StoragePrefix = "mutatingadmissionpolicies")]
public sealed partial record MutatingAdmissionPolicy : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired behaviour of the policy.</summary>
    [Field(2)]
    public partial MutatingAdmissionPolicySpec Spec { get; init; }
}
