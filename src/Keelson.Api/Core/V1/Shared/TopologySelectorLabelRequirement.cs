using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>One condition on a label.</summary>
[ApiType("io.k8s.api.core.v1.TopologySelectorLabelRequirement")]
public sealed partial record TopologySelectorLabelRequirement
{
    /// <summary>The label.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>Values of which the label must have one.</summary>
    [Field(2, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<string> Values { get; init; }
}
