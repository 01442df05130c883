using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Requests, by who makes them and what they concern.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.PolicyRulesWithSubjects")]
public sealed partial record PolicyRulesWithSubjects
{
    /// <summary>Users, groups or service accounts; one must match. Required.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<Subject> Subjects { get; init; }

    /// <summary>
    /// Requests for resources; one match in either list suffices. At least one list must be filled.
    /// </summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<ResourcePolicyRule> ResourceRules { get; init; }

    /// <summary>Requests for other URLs.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<NonResourcePolicyRule> NonResourceRules { get; init; }
}
