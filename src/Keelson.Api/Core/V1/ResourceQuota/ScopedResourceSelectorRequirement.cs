using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>One condition on a quota scope.</summary>
[ApiType("io.k8s.api.core.v1.ScopedResourceSelectorRequirement")]
public sealed partial record ScopedResourceSelectorRequirement
{
    /// <summary>The scope, such as PriorityClass.</summary>
    [Field(1, Always = true, Required = true, Enum = typeof(ResourceQuotaScope))]
    public partial string ScopeName { get; init; }

    /// <summary>In, NotIn, Exists or DoesNotExist.</summary>
    [Field(2, Always = true, Required = true, Enum = typeof(ScopeSelectorOperator))]
    public partial string Operator { get; init; }

    /// <summary>Values to compare with: at least one for In and NotIn, none for the others.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> Values { get; init; }
}
