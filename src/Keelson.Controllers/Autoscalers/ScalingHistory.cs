using Keelson.Api.Autoscaling.V2;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Autoscalers;

/// <summary>A size within the rules.</summary>
/// <param name="Replicas">The size.</param>
/// <param name="Able">Reason and message of AbleToScale; null when nothing held the recommendation up.</param>
/// <param name="Limited">Reason and message of ScalingLimited; null when no limit was met.</param>
internal readonly record struct RuledSize(
    int Replicas, (string Reason, string Message)? Able, (string Reason, string Message)? Limited);

/// <summary>
/// What an autoscaler recommended and did lately, by which its rules hold it back: a recommendation counts for a while,
/// and no more may change in a period than the policies allow.
/// </summary>
internal sealed class ScalingHistory
{
    private const string UpStabilized =
        "recent recommendations were lower than current one, applying the lowest recent recommendation";
    private const string DownStabilized =
        "recent recommendations were higher than current one, applying the highest recent recommendation";

    /// <summary>How long to wait before scaling down
    /// (<c>--horizontal-pod-autoscaler-downscale-stabilization</c>).</summary>
    private const int DefaultDownWindow = 300;

    /// <summary>Nothing is asked about longer ago (the longest window and period).</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly List<(DateTimeOffset At, int Replicas)> _recommended = [];
    private readonly List<(DateTimeOffset At, int Change)> _changes = [];

    /// <summary>Rules of a spec that has none: double, or four, every 15 seconds up; anything down.</summary>
    public static HPAScalingRules DefaultUp { get; } = new()
    {
        StabilizationWindowSeconds = 0,
        SelectPolicy = "Max",
        Policies =
        [
            new HPAScalingPolicy { Type = "Pods", Value = 4, PeriodSeconds = 15 },
            new HPAScalingPolicy { Type = "Percent", Value = 100, PeriodSeconds = 15 },
        ],
    };

    /// <summary>The rules for scaling down where the spec has none.</summary>
    public static HPAScalingRules DefaultDown { get; } = new()
    {
        SelectPolicy = "Max",
        Policies = [new HPAScalingPolicy { Type = "Percent", Value = 100, PeriodSeconds = 15 }],
    };

    /// <summary>Notes a change of size.</summary>
    public void Changed(int change, DateTimeOffset now) => _changes.Add((now, change));

    /// <summary>Brings a recommendation within the rules and notes it.</summary>
    public RuledSize Rule(HorizontalPodAutoscalerSpec spec, int current, int recommended, DateTimeOffset now)
    {
        if (_recommended.Count == 0)
        {
            // After a start the present size stands for what was recommended before.
            _recommended.Add((now, current));
        }

        _recommended.RemoveAll(one => one.At < now - Longest);
        _changes.RemoveAll(one => one.At < now - Longest);
        HPAScalingRules up = spec.Behavior?.ScaleUp ?? DefaultUp;
        HPAScalingRules down = spec.Behavior?.ScaleDown ?? DefaultDown;
        int stable = Stabilize(current, recommended, up, down, now);
        _recommended.Add((now, recommended));
        (string, string)? able = stable == recommended
            ? null
            : stable < recommended ? ("ScaleUpStabilized", UpStabilized) : ("ScaleDownStabilized", DownStabilized);
        (int size, (string, string)? limited) = Limit(spec, current, stable, up, down, now);
        return new(size, able, limited);
    }

    private int Stabilize(int current, int recommended, HPAScalingRules up, HPAScalingRules down, DateTimeOffset now)
    {
        int lowest = recommended;
        int highest = recommended;
        foreach ((DateTimeOffset at, int replicas) in _recommended)
        {
            lowest = at > now.AddSeconds(-(up.StabilizationWindowSeconds ?? 0)) ? Math.Min(lowest, replicas) : lowest;
            bool countsDown = at > now.AddSeconds(-(down.StabilizationWindowSeconds ?? DefaultDownWindow));
            highest = countsDown ? Math.Max(highest, replicas) : highest;
        }

        return Math.Min(Math.Max(current, lowest), highest);
    }

    private (int Size, (string, string)? Limited) Limit(
        HorizontalPodAutoscalerSpec spec, int current, int desired, HPAScalingRules up, HPAScalingRules down, DateTimeOffset now)
    {
        int least = spec.MinReplicas ?? 1;
        if (desired > current)
        {
            int rate = Math.Max(current, UpLimit(current, up, now));
            int most = Math.Min(spec.MaxReplicas, rate);
            return desired <= most
                ? (desired, null)
                : (most, most < spec.MaxReplicas
                    ? ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
                    : ("TooManyReplicas", "the desired replica count is more than the maximum replica count"));
        }

        if (desired < current)
        {
            int rate = Math.Min(current, DownLimit(current, down, now));
            int lowest = Math.Max(least, rate);
            return desired >= lowest
                ? (desired, null)
                : (lowest, lowest > least
                    ? ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate")
                    : ("TooFewReplicas", "the desired replica count is less than the minimum replica count"));
        }

        return (desired, null);
    }

    private int UpLimit(int current, HPAScalingRules rules, DateTimeOffset now) => Select(current, rules, policy =>
    {
        int start = current - ChangeIn(policy, now);
        return policy.Type == "Pods" ? start + policy.Value : (int)Math.Ceiling(start * (1 + policy.Value / 100.0));
    });

    /// <summary>The same downwards, where the policy that allows most change is the one with the smallest
    /// size.</summary>
    private int DownLimit(int current, HPAScalingRules rules, DateTimeOffset now) => -Select(-current, rules, policy =>
    {
        int start = current - ChangeIn(policy, now);
        return -(policy.Type == "Pods" ? start - policy.Value : (int)(start * (1 - policy.Value / 100.0)));
    });

    private static int Select(int unchanged, HPAScalingRules rules, Func<HPAScalingPolicy, int> limit)
    {
        if (rules.SelectPolicy == "Disabled" || rules.Policies.Count == 0)
        {
            return unchanged;
        }

        return rules.SelectPolicy == "Min" ? rules.Policies.Min(limit) : rules.Policies.Max(limit);
    }

    private int ChangeIn(HPAScalingPolicy policy, DateTimeOffset now) =>
        _changes.Where(one => one.At > now.AddSeconds(-policy.PeriodSeconds)).Sum(static one => one.Change);
}
