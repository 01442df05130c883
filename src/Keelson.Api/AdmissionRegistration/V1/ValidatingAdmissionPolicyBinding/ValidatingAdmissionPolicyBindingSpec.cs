using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Contents of a binding.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec")]
public sealed partial record ValidatingAdmissionPolicyBindingSpec
{
    /// <summary>Name of the policy that is bound. If it does not exist, the binding has no effect.</summary>
    [Field(1, Required = true)]
    public partial string PolicyName { get; init; }

    /// <summary>Object with parameters, if the policy defines paramKind.</summary>
    [Field(2)]
    public partial ParamRef? ParamRef { get; init; }

    /// <summary>Narrows down the requests the policy applies to. If not set, those of the policy.</summary>
    [Field(3)]
    public partial MatchResources? MatchResources { get; init; }

    /// <summary>
    /// What a failed check leads to: Deny rejects, Warn returns a warning, Audit notes it in the audit event. Deny
    /// and Warn cannot be combined.
    /// </summary>
    [Field(4, Required = true, Enum = typeof(ValidationAction), List = ListType.Set)]
    public partial ApiList<string> ValidationActions { get; init; }
}
