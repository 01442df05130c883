using System.Globalization;
using System.Text;
using Keelson.Nodes.Logs;
using Keelson.Nodes.Server.Backends;

namespace Keelson.Nodes.Tests.Logs;

/// <summary>Logs as runtimes write them.</summary>
public sealed class ContainerLogReaderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-logs-").FullName;

    private string Log => Path.Combine(_directory, "0.log");

    [Fact]
    public void A_line_says_when_where_and_whether_it_goes_on()
    {
        Assert.True(CriLogLine.TryRead(Bytes("2026-01-02T03:04:05.12Z stderr P a b"), out ContainerLogEntry entry));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 120, TimeSpan.Zero), entry.At);
        Assert.Equal("2026-01-02T03:04:05.120000000Z", Encoding.ASCII.GetString(entry.TimeText.Span));
        Assert.Equal((true, true, "a b"), (entry.IsError, entry.IsPartial, Encoding.ASCII.GetString(entry.Text.Span)));

        Assert.True(CriLogLine.TryRead(Bytes("2026-01-02T05:04:05.123456789+02:00 stdout F:x "), out entry));
        Assert.Equal("2026-01-02T05:04:05.123456789+02:00", Encoding.ASCII.GetString(entry.TimeText.Span));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), entry.At.AddTicks(-1234567));
        Assert.Equal((false, false, 0), (entry.IsError, entry.IsPartial, entry.Text.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no time stdout F x")]
    [InlineData("2026-01-02T03:04:05Z stdlog F x")]
    [InlineData("2026-01-02T03:04:05Z")]
    public void What_no_runtime_writes_is_no_line(string line) => Assert.False(CriLogLine.TryRead(Bytes(line), out _));

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "99999")]
    [InlineData(3, "99997 99998 99999")]
    public async Task The_last_lines_of_a_long_log_are_found_from_its_end(long tail, string expected)
    {
        Write(100_000);
        Assert.Equal(expected, string.Join(' ', await ReadAsync(tail, follow: false, () => false)));
    }

    [Fact]
    public async Task More_lines_than_there_are_means_all_of_them()
    {
        Write(3);
        Assert.Equal(["0", "1", "2"], await ReadAsync(10, follow: false, () => false));
        Assert.Equal(["0", "1", "2"], await ReadAsync(3, follow: false, () => false));
        Assert.Equal(["0", "1", "2"], await ReadAsync(null, follow: false, () => false));
    }

    [Fact]
    public async Task A_log_that_is_followed_goes_on_in_the_next_file_and_ends_with_its_container()
    {
        Write(2);
        bool isRunning = true;
        List<string> seen = [];
        Task reading = Task.Run(async () =>
        {
            ContainerLogReader reader = new(Log, () => new(isRunning), TimeProvider.System);
            await foreach (ContainerLogEntry entry in reader.ReadAsync(1, follow: true, default))
            {
                lock (seen)
                {
                    seen.Add(Encoding.ASCII.GetString(entry.Text.Span));
                }
            }
        });
        await UntilAsync("1");
        File.AppendAllText(Log, Line("half"));
        await UntilAsync("half");
        File.Move(Log, Log + ".20260101-000000");
        File.AppendAllText(Log + ".20260101-000000", Line("late"));
        File.WriteAllText(Log, Line("new"));
        await UntilAsync("new");
        isRunning = false;
        await reading.WaitAsync(Patience);
        Assert.Equal(["1", "half", "late", "new"], seen);

        async Task UntilAsync(string text)
        {
            for (DateTime end = DateTime.Now + Patience; DateTime.Now < end; await Task.Delay(10))
            {
                lock (seen)
                {
                    if (seen.Contains(text))
                    {
                        return;
                    }
                }
            }

            Assert.Fail($"\"{text}\" did not come");
        }
    }

    [Fact]
    public async Task A_line_without_an_end_waits_for_it()
    {
        File.WriteAllText(Log, Line("whole") + "2026-01-01T00:00:00Z stdout F cut");
        Assert.Equal(["whole"], await ReadAsync(null, follow: false, () => false));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static string Line(string text) => $"2026-01-01T00:00:00Z stdout F {text}\n";

    private void Write(int lines)
    {
        StringBuilder text = new();
        for (int i = 0; i < lines; i++)
        {
            text.Append(Line(i.ToString(CultureInfo.InvariantCulture)));
        }

        File.WriteAllText(Log, text.ToString());
    }

    private async Task<List<string>> ReadAsync(long? tail, bool follow, Func<bool> isRunning)
    {
        List<string> seen = [];
        ContainerLogReader reader = new(Log, () => new(isRunning()), TimeProvider.System);
        await foreach (ContainerLogEntry entry in reader.ReadAsync(tail, follow, default))
        {
            seen.Add(Encoding.ASCII.GetString(entry.Text.Span));
        }

        return seen;
    }
}
