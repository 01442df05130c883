using System.Text.Json;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Server.Stats;

namespace Keelson.Nodes.Server.Backends;

/// <summary>
/// What stands behind a kubelet's server: one node. The server does the talking: protocols, access, options, upstream's
/// words; a backend knows pods, logs, commands and figures.
/// </summary>
public sealed record KubeletBackend
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The agent's version.</summary>
    public string Version { get; init; } = "v1.36.2";

    /// <summary>The node's pods.</summary>
    public required IKubeletPods Pods { get; init; }

    /// <summary>What containers wrote.</summary>
    public required IContainerLogs Logs { get; init; }

    /// <summary>Commands, attachments and ports.</summary>
    public required IContainerStreams Streams { get; init; }

    /// <summary>What is used.</summary>
    public required IKubeletStats Stats { get; init; }

    /// <summary>What <c>/metrics/resource</c> answers, for those who ask in the same process.</summary>
    public async ValueTask<string> ResourceMetricsAsync(CancellationToken cancellationToken)
    {
        MetricsText text = new();
        ResourceMetrics.Write(await Stats.SummaryAsync(true, cancellationToken), text);
        return text.ToString();
    }

    /// <summary>False when the agent has not looked at its pods for too long (<c>/healthz/syncloop</c>).</summary>
    public Func<bool> SyncLoopIsHealthy { get; init; } = static () => true;

    /// <summary>False while no device plugin can register (<c>/healthz/device-plugin</c>).</summary>
    public Func<bool> DevicePluginsCanRegister { get; init; } = static () => true;

    /// <summary>Writes the agent's configuration (<c>/configz</c>): the value of <c>kubeletconfig</c>.</summary>
    public Action<Utf8JsonWriter> WriteConfiguration { get; init; } = static json =>
    {
        json.WriteStartObject();
        json.WriteEndObject();
    };

    /// <summary>
    /// Writes what a container is into a file (<c>/checkpoint</c>), and says where; null where that can't be done.
    /// </summary>
    /// <remarks>Given are the pod, the container's name, and the seconds it may take; 0 for the runtime's own.
    /// </remarks>
    public Func<Pod, string, long, CancellationToken, ValueTask<KubeletResult<string>>>? Checkpoint { get; init; }

    /// <summary>The flags that the agent was started with (<c>/flagz</c>).</summary>
    public IReadOnlyDictionary<string, string> Flags { get; init; } = new Dictionary<string, string>();

    /// <summary>False to serve nothing of what containers do and say (<c>enableDebuggingHandlers</c>).</summary>
    public bool ServesDebugging { get; init; } = true;

    /// <summary>False to answer nothing below <c>/debug/pprof/</c> (<c>enableProfilingHandler</c>).</summary>
    public bool ServesProfiling { get; init; } = true;

    /// <summary>False to leave how much is logged as it is (<c>enableDebugFlagsHandler</c>).</summary>
    public bool ServesDebugFlags { get; init; } = true;

    /// <summary>How much is logged (<c>/debug/flags/v</c>).</summary>
    public LogVerbosity Verbosity { get; init; } = new();

    /// <summary>The directory that <c>/logs/</c> shows (upstream: <c>/var/log</c>); null to show none.</summary>
    public string? SystemLogDirectory { get; init; }

    /// <summary>True to answer questions for logs of services too (<c>enableSystemLogQuery</c>).</summary>
    public bool AnswersLogQueries { get; init; }
}

/// <summary>Why a backend does not do what it was asked to.</summary>
/// <param name="Code">The answer's HTTP code.</param>
/// <param name="Text">The answer's text.</param>
public sealed record KubeletRefusal(int Code, string Text);

/// <summary>What a backend gives: a value, or why there is none.</summary>
public readonly struct KubeletResult<T>
    where T : class
{
    private KubeletResult(T? value, KubeletRefusal? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>The value; null when there is a refusal.</summary>
    public T? Value { get; }

    /// <summary>Why there is no value; null when there is one.</summary>
    public KubeletRefusal? Refusal { get; }

    /// <summary>A value.</summary>
    public static KubeletResult<T> Of(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    public static implicit operator KubeletResult<T>(KubeletRefusal refusal) => new(null, refusal);
}
