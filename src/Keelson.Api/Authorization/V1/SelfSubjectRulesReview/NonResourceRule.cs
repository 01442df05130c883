using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authorization.V1;

/// <summary>Actions allowed on URLs that are not resources.</summary>
[ApiType("io.k8s.api.authorization.v1.NonResourceRule")]
public sealed partial record NonResourceRule
{
    /// <summary>HTTP verbs allowed; an asterisk stands for all.</summary>
    [Field(1, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<string> Verbs { get; init; }

    /// <summary>Paths allowed; an asterisk may stand as the last element.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> NonResourceURLs { get; init; }
}
