using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Requests for URLs that are not resources.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.NonResourcePolicyRule")]
public sealed partial record NonResourcePolicyRule
{
    /// <summary>HTTP verbs; an asterisk stands for all and must then be alone.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Set)]
    public partial ApiList<string> Verbs { get; init; }

    /// <summary>Paths; an asterisk stands for all, and may end a path after a slash.</summary>
    [Field(6, Always = true, Required = true, List = ListType.Set)]
    public partial ApiList<string> NonResourceURLs { get; init; }
}
