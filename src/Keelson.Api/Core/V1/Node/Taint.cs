using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>A mark on a node that repels pods which do not tolerate it.</summary>
[ApiType("io.k8s.api.core.v1.Taint")]
public sealed partial record Taint
{
    /// <summary>Key of the taint, a qualified name. Required.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>Value of the taint, in the form of a label value.</summary>
    [Field(2)]
    public partial string Value { get; init; }

    /// <summary>
    /// NoSchedule keeps new pods away, PreferNoSchedule tries to, NoExecute also evicts running ones. Required.
    /// </summary>
    [Field(3, Always = true, Required = true, Enum = typeof(TaintEffect))]
    public partial string Effect { get; init; }

    /// <summary>When the taint was added; used to compute the eviction time.</summary>
    [Field(4)]
    public partial Time? TimeAdded { get; init; }
}
