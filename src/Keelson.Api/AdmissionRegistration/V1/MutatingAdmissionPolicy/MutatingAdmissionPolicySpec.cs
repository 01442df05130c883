using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Contents of a mutating policy.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicySpec")]
public sealed partial record MutatingAdmissionPolicySpec
{
    /// <summary>Kind of objects that hold parameters; unset if the policy takes none.</summary>
    [Field(1)]
    public partial ParamKind? ParamKind { get; init; }

    /// <summary>Requests the policy applies to. Required; CONNECT is not possible.</summary>
    [Field(2)]
    public partial MatchResources? MatchConstraints { get; init; }

    /// <summary>Named expressions that later ones can use as variables.name; each sees those before it.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<Variable> Variables { get; init; }

    /// <summary>Changes to make, in order. At least one is required.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<Mutation> Mutations { get; init; }

    /// <summary>
    /// What errors in the policy or its bindings lead to: Fail rejects the request, Ignore lets it pass. Defaults
    /// to Fail.
    /// </summary>
    [Field(5, Enum = typeof(FailurePolicyType))]
    public partial string? FailurePolicy { get; init; }

    /// <summary>Further CEL conditions; all must be true for the policy to be evaluated. At most 64.</summary>
    [Field(6, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<MatchCondition> MatchConditions { get; init; }

    /// <summary>
    /// Whether the policy may be called again after others changed the object: Never or IfNeeded. Required.
    /// </summary>
    [Field(7, Enum = typeof(ReinvocationPolicyType))]
    public partial string ReinvocationPolicy { get; init; }
}
