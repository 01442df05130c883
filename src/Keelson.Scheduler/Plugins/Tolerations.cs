using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Plugins;

/// <summary>Tolerations held against taints.</summary>
internal static class Tolerations
{
    /// <summary>True when every taint is tolerated.</summary>
    public static bool TolerateAll(in ApiList<Toleration> tolerations, ReadOnlySpan<Taint> taints)
    {
        foreach (Taint taint in taints)
        {
            if (!Tolerate(tolerations, taint))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when the taints that keep pods from a node are all tolerated.</summary>
    public static bool TolerateScheduling(in ApiList<Toleration> tolerations, Node node)
    {
        foreach (Taint taint in node.Spec.Taints)
        {
            if (taint.Effect is TaintEffect.NoSchedule or TaintEffect.NoExecute && !Tolerate(tolerations, taint))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when a taint is tolerated.</summary>
    public static bool Tolerate(in ApiList<Toleration> tolerations, Taint taint)
    {
        foreach (Toleration one in tolerations)
        {
            if (Tolerates(one, taint))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Tolerates(Toleration toleration, Taint taint)
    {
        if ((toleration.Effect.Length > 0 && toleration.Effect != taint.Effect)
            || (toleration.Key.Length > 0 && toleration.Key != taint.Key))
        {
            return false;
        }

        return toleration.Operator switch
        {
            "" or TolerationOperator.Equal => toleration.Value == taint.Value,
            TolerationOperator.Exists => true,
            TolerationOperator.Lt => Number(taint.Value) is { } low && Number(toleration.Value) is { } top && low < top,
            TolerationOperator.Gt =>
                Number(taint.Value) is { } high && Number(toleration.Value) is { } floor && high > floor,
            _ => false,
        };
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number
            : null;
}
