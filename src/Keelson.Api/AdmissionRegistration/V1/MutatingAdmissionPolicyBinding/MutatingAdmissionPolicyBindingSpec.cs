using Keelson.Api.Kinds;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Contents of a binding.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec")]
public sealed partial record MutatingAdmissionPolicyBindingSpec
{
    /// <summary>Name of the policy that is bound. If it does not exist, the binding has no effect.</summary>
    [Field(1)]
    public partial string PolicyName { get; init; }

    /// <summary>Object with parameters. Required to have an effect if the policy defines paramKind.</summary>
    [Field(2)]
    public partial ParamRef? ParamRef { get; init; }

    /// <summary>Narrows down the requests the policy applies to. If not set, those of the policy.</summary>
    [Field(3)]
    public partial MatchResources? MatchResources { get; init; }
}
