using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>
/// Checks objects on their way into the cluster by CEL expressions, without a webhook. Takes effect through
/// bindings.
/// </summary>
[ApiType("io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy")]
[Kind(
    "admissionregistration.k8s.io",
    "v1",
    "validatingadmissionpolicies",
    Singular = "validatingadmissionpolicy",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    Categories = "api-extensions",
    StoragePrefix = "validatingadmissionpolicies")]
public sealed partial record ValidatingAdmissionPolicy : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired behaviour of the policy.</summary>
    [Field(2)]
    public partial ValidatingAdmissionPolicySpec Spec { get; init; }

    /// <summary>Observed state, such as warnings about types. Read-only.</summary>
    [Field(3)]
    public partial ValidatingAdmissionPolicyStatus Status { get; init; }
}
