using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Requests for resources.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.ResourcePolicyRule")]
public sealed partial record ResourcePolicyRule
{
    /// <summary>API verbs; an asterisk stands for all and must then be alone.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Set)]
    public partial ApiList<string> Verbs { get; init; }

    /// <summary>API groups; an asterisk stands for all and must then be alone.</summary>
    [Field(2, Always = true, Required = true, List = ListType.Set)]
    public partial ApiList<string> ApiGroups { get; init; }

    /// <summary>Resources, or resource/subresource; an asterisk stands for all and must then be alone.</summary>
    [Field(3, Always = true, Required = true, List = ListType.Set)]
    public partial ApiList<string> Resources { get; init; }

    /// <summary>Whether requests without a namespace match. Defaults to false.</summary>
    [Field(4)]
    public partial bool ClusterScope { get; init; }

    /// <summary>
    /// Namespaces of matching requests; an asterisk stands for all. May be empty only if clusterScope is true.
    /// </summary>
    [Field(5, Always = true, List = ListType.Set)]
    public partial ApiList<string> Namespaces { get; init; }
}
