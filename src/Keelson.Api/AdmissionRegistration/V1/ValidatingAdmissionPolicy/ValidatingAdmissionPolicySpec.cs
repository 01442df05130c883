using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Contents of a validating policy; it needs validations or auditAnnotations.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec")]
public sealed partial record ValidatingAdmissionPolicySpec
{
    /// <summary>Kind of objects that hold parameters; unset if the policy takes none.</summary>
    [Field(1)]
    public partial ParamKind? ParamKind { get; init; }

    /// <summary>Requests the policy applies to. Required.</summary>
    [Field(2)]
    public partial MatchResources? MatchConstraints { get; init; }

    /// <summary>Checks; each must be true for the request to be accepted.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<Validation> Validations { get; init; }

    /// <summary>
    /// What errors in the policy or its bindings lead to: Fail rejects the request, Ignore lets it pass. Defaults
    /// to Fail.
    /// </summary>
    [Field(4, Enum = typeof(FailurePolicyType))]
    public partial string? FailurePolicy { get; init; }

    /// <summary>Annotations to add to the audit event; at most 20.</summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<AuditAnnotation> AuditAnnotations { get; init; }

    /// <summary>Further CEL conditions; all must be true for the policy to be evaluated. At most 64.</summary>
    [Field(6, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<MatchCondition> MatchConditions { get; init; }

    /// <summary>Named expressions that later ones can use as variables.name; each sees those before it.</summary>
    [Field(7, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<Variable> Variables { get; init; }
}
