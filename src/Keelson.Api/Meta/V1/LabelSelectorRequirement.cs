using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

/// <summary>One condition on a label.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement")]
public sealed partial record LabelSelectorRequirement
{
    /// <summary>The label.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>In, NotIn, Exists or DoesNotExist.</summary>
    [Field(2, Always = true, Required = true, GoType = "v1.LabelSelectorOperator")]
    public partial string Operator { get; init; }

    /// <summary>Values to compare with: at least one for In and NotIn, none for the others.</summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> Values { get; init; }
}
