using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Keelson.Nodes.Metrics;

/// <summary>The agent's process, and its calls to the API.</summary>
internal sealed class AgentProcessMetrics : IDisposable
{
    private readonly NumberMetric _cpu;
    private readonly NumberMetric _openFiles;
    private readonly NumberMetric _maxFiles;
    private readonly NumberMetric _resident;
    private readonly NumberMetric _virtual;
    private readonly NumberMetric _threads;
    private readonly NumberMetric _osThreads;
    private readonly NumberMetric _virtualMost;
    private readonly NumberMetric _requests;
    private readonly HistogramMetric _durations;
    private readonly MeterListener _listener = new();

    public AgentProcessMetrics(MetricSet metrics)
    {
        _cpu = metrics.Counter("process_cpu_seconds_total", "Processor time of the process, in seconds.");
        _openFiles = metrics.Gauge("process_open_fds", "Open file descriptors.");
        _maxFiles = metrics.Gauge("process_max_fds", "The most file descriptors that may be open.");
        _resident = metrics.Gauge("process_resident_memory_bytes", "Resident memory in bytes.");
        _virtual = metrics.Gauge("process_virtual_memory_bytes", "Virtual memory in bytes.");
        _threads = metrics.Gauge("go_goroutines", "What runs side by side: the process's threads.");
        _osThreads = metrics.Gauge("go_threads", "The process's threads.");
        _virtualMost = metrics.Gauge(
            "process_virtual_memory_max_bytes", "The most virtual memory that there may be, in bytes.");
        metrics.Gauge("process_start_time_seconds", "When the process started, in seconds since 1970.")
            .Set(StartTime());
        _requests = metrics.Counter(
            "rest_client_requests_total", "Requests to the API, by answer.", "code", "host", "method");
        _durations = metrics.Histogram(
            "rest_client_request_duration_seconds", "How long requests to the API took.",
            [.005, .025, .1, .25, .5, 1, 2, 4, 8, 15, 30, 60], "host", "verb");
        metrics.BeforeWrite(Look);
        Listen();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    /// <summary>When the process started, in seconds since 1970.</summary>
    public static double StartTime()
    {
        using Process self = Process.GetCurrentProcess();
        return new DateTimeOffset(self.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
    }

    private static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value as string ?? "";
            }
        }

        return "";
    }

    private void Listen()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Keelson.Client"
                && instrument.Name is "rest_client_requests_total" or "rest_client_request_duration_seconds")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            _requests.Add(value, Of(tags, "code"), Of(tags, "host"), Of(tags, "method")));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
            _durations.Observe(value, Of(tags, "host"), Of(tags, "verb")));
        _listener.Start();
    }

    private void Look()
    {
        _cpu.Set(Environment.CpuUsage.TotalTime.TotalSeconds);
        _resident.Set(Environment.WorkingSet);
        using Process self = Process.GetCurrentProcess();
        _virtual.Set(self.VirtualMemorySize64);
        _threads.Set(self.Threads.Count);
        _osThreads.Set(self.Threads.Count);
        try
        {
            _openFiles.Set(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
            foreach (string line in File.ReadLines("/proc/self/limits"))
            {
                // Max open files            1024                 524288               files
                NumberMetric? limit = line.StartsWith("Max open files", StringComparison.Ordinal) ? _maxFiles
                    : line.StartsWith("Max address space", StringComparison.Ordinal) ? _virtualMost : null;
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..])
                {
                    limit?.Set(double.TryParse(soft, CultureInfo.InvariantCulture, out double most)
                        ? most : ulong.MaxValue);
                }
            }
        }
        catch (IOException)
        {
            // What /proc does not show stays as it was.
        }
    }
}
