using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>One condition on a label or field.</summary>
[ApiType("io.k8s.api.core.v1.NodeSelectorRequirement")]
public sealed partial record NodeSelectorRequirement
{
    /// <summary>The label or field.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>In, NotIn, Exists, DoesNotExist, Gt or Lt.</summary>
    [Field(2, Always = true, Required = true, Enum = typeof(NodeSelectorOperator))]
    public partial string Operator { get; init; }

    /// <summary>
    /// Values to compare with: at least one for In and NotIn, none for Exists and DoesNotExist, exactly one integer
    /// for Gt and Lt.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> Values { get; init; }
}
