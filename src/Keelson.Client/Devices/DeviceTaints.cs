using Keelson.Api.Resource.V1;

namespace Keelson.Client.Devices;

/// <summary>Taints of devices and who puts up with them.</summary>
public static class DeviceTaints
{
    /// <summary>True when a toleration covers a taint. One without an effect covers all, as does one without a
    /// key.</summary>
    public static bool Tolerates(DeviceToleration toleration, DeviceTaint taint) =>
        (toleration.Effect.Length == 0 || toleration.Effect == taint.Effect)
        && (toleration.Key.Length == 0 || toleration.Key == taint.Key)
        && (toleration.Operator == DeviceTolerationOperator.Exists
            || (toleration.Operator is "" or DeviceTolerationOperator.Equal && toleration.Value == taint.Value));
}
