using Keelson.Configuration;
using Keelson.Flags;
using Keelson.Machinery.Values;
using Keelson.Nodes.Logs;

namespace Keelson.Commands.Kubelet;

/// <summary>Flags and settings about the logs of containers.</summary>
internal sealed class KubeletLogFlags(FlagSection flags)
{
    private const string Failed = "failed to initialize container log manager: ";
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(3);
    private static readonly LogRotationConfig Defaults = new();

    private readonly Flag<string> _sizeMax = flags.Text(
        "container-log-max-size", "10Mi", "How big a container's log may become before it is rotated.");

    private readonly Flag<int> _filesMax = flags.Number(
        "container-log-max-files", Defaults.FilesMax, "How many files of a container's log are kept, 2 at least.");

    /// <summary>When logs are rotated.</summary>
    /// <exception cref="FlagException">A value can't be used.</exception>
    public LogRotationConfig Apply(ConfigurationDocument file)
    {
        LogRotationConfig config = new()
        {
            SizeMax = Size(_sizeMax.IsSet ? _sizeMax.Value : file.Text(_sizeMax.Value, "containerLogMaxSize")),
            FilesMax = _filesMax.IsSet ? _filesMax.Value : file.Number(_filesMax.Value, "containerLogMaxFiles"),
            WorkersMax = file.Number(Defaults.WorkersMax, "containerLogMaxWorkers"),
            Interval = file.Duration(Defaults.Interval, "containerLogMonitorInterval"),
        };
        string? error =
            config.WorkersMax < 1
                ? "invalid configuration: containerLogMaxWorkers must be greater than or equal to 1"
            : config.Interval < ShortestInterval
                ? "invalid configuration: containerLogMonitorInterval must be a positive time duration greater than "
                    + "or equal to 3s"
            : config.FilesMax <= 1 ? $"{Failed}invalid MaxFiles {config.FilesMax}, must be > 1"
            : null;
        return error is null ? config : throw new FlagException(error);
    }

    private static long Size(string text)
    {
        if (!Quantity.TryParse(text, out Quantity size, out string? error))
        {
            throw new FlagException($"{Failed}failed to parse container log max size \"{text}\": {error}");
        }

        return size.Value;
    }
}
