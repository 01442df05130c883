using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>
/// Which requests a policy applies to: those that match some rule and no exclusion, and both selectors.
/// </summary>
[ApiType("io.k8s.api.admissionregistration.v1.MatchResources", Atomic = true)]
public sealed partial record MatchResources
{
    /// <summary>
    /// Namespaces, by label, the object must be in; for a Namespace its own labels count. Cluster-wide objects
    /// always pass. Defaults to all.
    /// </summary>
    [Field(1)]
    public partial LabelSelector? NamespaceSelector { get; init; }

    /// <summary>
    /// Labels the new or the old object must have. Users can set labels, so only for opt-in uses. Defaults to all.
    /// </summary>
    [Field(2)]
    public partial LabelSelector? ObjectSelector { get; init; }

    /// <summary>Operations and resources that match; one suffices.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<NamedRuleWithOperations> ResourceRules { get; init; }

    /// <summary>Operations and resources that are left out even if resourceRules match.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<NamedRuleWithOperations> ExcludeResourceRules { get; init; }

    /// <summary>
    /// Exact matches only the versions listed; Equivalent also requests through other versions of the same
    /// resource. Defaults to Equivalent.
    /// </summary>
    [Field(7, Enum = typeof(MatchPolicyType))]
    public partial string? MatchPolicy { get; init; }
}
