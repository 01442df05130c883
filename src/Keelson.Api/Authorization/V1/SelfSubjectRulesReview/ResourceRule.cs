using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authorization.V1;

/// <summary>Actions allowed on resources.</summary>
[ApiType("io.k8s.api.authorization.v1.ResourceRule")]
public sealed partial record ResourceRule
{
    /// <summary>API verbs allowed; an asterisk stands for all.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<string> Verbs { get; init; }

    /// <summary>API groups of the resources; an asterisk stands for all.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> ApiGroups { get; init; }

    /// <summary>
    /// Resources allowed; an asterisk stands for all in the groups, and */name for a subresource of all.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> Resources { get; init; }

    /// <summary>Names the rule is limited to; empty means all.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<string> ResourceNames { get; init; }
}
