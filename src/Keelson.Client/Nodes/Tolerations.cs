using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Client.Nodes;

/// <summary>Tolerations held against taints. Called for each pod and node: nothing is allocated.</summary>
public static class Tolerations
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

    /// <summary>The first taint with one of these effects that nothing tolerates; null when there is none.</summary>
    public static Taint? Untolerated(
        in ApiList<Toleration> tolerations, in ApiList<Taint> taints, params ReadOnlySpan<string> effects)
    {
        foreach (Taint taint in taints)
        {
            if (effects.Contains(taint.Effect) && !Tolerate(tolerations, taint))
            {
                return taint;
            }
        }

        return null;
    }

    /// <summary>True when a taint is tolerated.</summary>
    public static bool Tolerate(in ApiList<Toleration> tolerations, Taint taint) =>
        First(tolerations, taint) is not null;

    /// <summary>
    /// How long a pod may stay on a node with these taints: null for ever, zero when one of them is not tolerated at
    /// all.
    /// </summary>
    public static TimeSpan? TimeLeft(in ApiList<Toleration> tolerations, in ApiList<Taint> taints)
    {
        TimeSpan? shortest = null;
        foreach (Taint taint in taints)
        {
            if (First(tolerations, taint) is not { } used)
            {
                return TimeSpan.Zero;
            }

            if (used.TolerationSeconds is { } seconds)
            {
                TimeSpan left = seconds <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));
                shortest = shortest is null || left < shortest ? left : shortest;
            }
        }

        return shortest;
    }

    private static Toleration? First(in ApiList<Toleration> tolerations, Taint taint)
    {
        foreach (Toleration one in tolerations)
        {
            if (Tolerates(one, taint))
            {
                return one;
            }
        }

        return null;
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
