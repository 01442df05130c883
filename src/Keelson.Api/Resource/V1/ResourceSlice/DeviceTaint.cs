using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Taint on a device, which keeps away claims that do not tolerate it.</summary>
[ApiType("io.k8s.api.resource.v1.DeviceTaint")]
public sealed partial record DeviceTaint
{
    /// <summary>Key of the taint, a label name.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Key { get; init; }

    /// <summary>Value of the taint, a label value.</summary>
    [Field(2)]
    public partial string Value { get; init; }

    /// <summary>None only informs, NoSchedule stops new pods, NoExecute evicts running ones as well.</summary>
    [Field(3, Always = true, Required = true, Enum = typeof(DeviceTaintEffect))]
    public partial string Effect { get; init; }

    /// <summary>When the taint was added; filled in by the server if missing.</summary>
    [Field(4)]
    public partial Time? TimeAdded { get; init; }
}
