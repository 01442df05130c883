using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Authorization.V1;

/// <summary>Label selector of the request to check; give one form only.</summary>
[ApiType("io.k8s.api.authorization.v1.LabelSelectorAttributes")]
public sealed partial record LabelSelectorAttributes
{
    /// <summary>
    /// Selector as it stands in the query. The API server parses it and uses the result if that succeeds; webhooks
    /// should rely on requirements instead. Excludes requirements.
    /// </summary>
    [Field(1)]
    public partial string RawSelector { get; init; }

    /// <summary>Selector in parsed form; all requirements must hold. Excludes rawSelector.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<LabelSelectorRequirement> Requirements { get; init; }
}
