using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Keelson.Api.Core.V1;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Simulation.Kubelet;

/// <summary>
/// What a simulated container writes: a function of its spec and of when it started, so that every look at a log sees
/// the same lines. Containers that echo write that, in a loop as often as they sleep; servers tell that they started
/// and now and then that somebody called.
/// </summary>
internal sealed partial class SimulatedLog
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'";
    private static readonly TimeSpan CallPeriod = TimeSpan.FromSeconds(10);
    private static readonly string[] Callers = ["kube-probe/1.36", "curl/8.9.1", "Go-http-client/1.1"];

    private readonly DateTimeOffset _start;
    private readonly DateTimeOffset? _end;
    private readonly IReadOnlyList<string> _first;
    private readonly string? _repeated;
    private readonly TimeSpan _period;
    private readonly bool _isServer;
    private readonly uint _seed;

    private SimulatedLog(
        Pod pod, Container container, string id, DateTimeOffset start, (DateTimeOffset At, int ExitCode)? end)
    {
        _start = start;
        _end = end?.At;
        _seed = Seed(id);
        Dictionary<string, string> variables = SimulatedShell.Variables(pod, container);
        ScriptSurroundings surroundings = new(name => variables.GetValueOrDefault(name), static _ => false);
        ContainerBehaviour behaviour = ContainerScript.Read(container, end is not null, TimeSpan.Zero, surroundings);
        string script = container.Args.Count > 0 ? container.Args[^1] : container.Command.Count > 0
            ? container.Command[^1]
            : "";
        Match loop = Loop().Match(script);
        _repeated = loop.Success ? loop.Groups["text"].Value.Trim('"', '\'') : null;
        _isServer = _repeated is null && behaviour.Output.Count == 0 && behaviour is { Takes: null, ExitCode: 0 };
        string port = container.Ports.Count > 0
            ? container.Ports[0].ContainerPortValue.ToString(CultureInfo.InvariantCulture)
            : "";
        _first = _isServer
            ? [$"{container.Name}: started", port.Length > 0 ? $"{container.Name}: listening on :{port}" : "ready"]
            : _repeated is null ? behaviour.Output : [];
        double seconds = loop.Success
            && double.TryParse(loop.Groups["seconds"].Value, CultureInfo.InvariantCulture, out double named)
            ? Math.Max(named, 0.001)
            : CallPeriod.TotalSeconds;
        _period = TimeSpan.FromSeconds(Math.Min(seconds, 86400));
    }

    /// <summary>The log of a run; null when the pod's status knows of no such run.</summary>
    public static SimulatedLog? Of(Pod pod, string containerName, string id)
    {
        Container? container = SimulatedContainers.Find(pod, containerName);
        foreach (ContainerStatus status in SimulatedContainers.Statuses(pod))
        {
            if (status.Name != containerName || container is null)
            {
                continue;
            }

            if (status.State.Running is { } running && status.ContainerID == id)
            {
                return new(pod, container, id, running.StartedAt.Instant, null);
            }

            ContainerStateTerminated?[] ends = [status.State.Terminated, status.LastState.Terminated];
            foreach (ContainerStateTerminated? one in ends)
            {
                if (one is { } over && over.ContainerID == id)
                {
                    return new(pod, container, id, over.StartedAt.Instant, (over.FinishedAt.Instant, over.ExitCode));
                }
            }
        }

        return null;
    }

    /// <summary>How many lines there are at a time.</summary>
    public long CountAt(DateTimeOffset now)
    {
        DateTimeOffset until = _end < now ? _end.Value : now;
        long repeated = until < _start || (_repeated is null && !_isServer) ? 0
            : _repeated is not null ? ((until - _start).Ticks / _period.Ticks) + 1
            : (until - _start).Ticks / _period.Ticks;
        return until < _start ? 0 : _first.Count + repeated;
    }

    /// <summary>When a line is written.</summary>
    public DateTimeOffset TimeOf(long line)
    {
        long turn = line - _first.Count + (_repeated is null ? 1 : 0);
        return line < _first.Count
            ? _start.AddTicks((line + 1) * 1000)
            : _start + (_period * turn) + TimeSpan.FromTicks(Chance(line) % 10_000);
    }

    /// <summary>When the next line comes after so many; null for never.</summary>
    public DateTimeOffset? NextAfter(long count) => _end is not null || (_repeated is null && !_isServer)
        ? null
        : TimeOf(count);

    /// <summary>A line, from zero.</summary>
    public ContainerLogEntry Entry(long line)
    {
        DateTimeOffset at = TimeOf(line);
        byte[] time = Encoding.ASCII.GetBytes(at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        return new(at, time, false, Encoding.UTF8.GetBytes(TextOf(line, at)), false);
    }

    private string TextOf(long line, DateTimeOffset at)
    {
        if (line < _first.Count)
        {
            return _first[(int)line];
        }

        if (_repeated is { } text)
        {
            string date = at.UtcDateTime.ToString("ddd MMM d HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
            return text.Replace("$(date)", date, StringComparison.Ordinal);
        }

        uint chance = Chance(line);
        string caller = Callers[chance % (uint)Callers.Length];
        string moment = at.UtcDateTime.ToString("dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"10.0.{chance % 250}.{chance / 250 % 250} - - [{moment} +0000] ")
            + string.Create(
                CultureInfo.InvariantCulture, $"\"GET / HTTP/1.1\" 200 {300 + (chance % 600)} \"-\" \"{caller}\"");
    }

    private uint Chance(long line) => Seed($"{_seed}/{line}");

    private static uint Seed(string text) => BitConverter.ToUInt32(
        System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex(
        @"while\s+(true|:)\s*;\s*do\s+echo\s+(?<text>""[^""]*""|'[^']*'|[^;]*?)\s*;"
        + @"(\s*sleep\s+(?<seconds>[0-9.]+)s?\s*;)?\s*done")]
    private static partial Regex Loop();
}
