using System.Text;

namespace Keelson.EndToEnd.Tests.Kubectl;

/// <summary>
/// Plays the transcripts with the kubectl programs of this machine against the program: all of them with the oldest and
/// the newest version, the core with those between.
/// </summary>
public sealed class KubectlTests(KeelsonProgram keelson) : IClassFixture<KeelsonProgram>
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Kubectl", "Transcripts");

    /// <summary>The minor versions on this machine, or one that says there is none.</summary>
    public static TheoryData<int> Versions => [.. KubectlVersion.Installed.Select(one => one.Minor).DefaultIfEmpty(0)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_command_prints_what_its_transcript_says(int minor)
    {
        Assert.SkipWhen(minor == 0, "there is no kubectl on the PATH");
        KubectlVersion kubectl = KubectlVersion.Installed.Single(one => one.Minor == minor);
        bool all = kubectl == KubectlVersion.Installed[0] || kubectl == KubectlVersion.Installed[^1];
        string[] files = Directory.GetFiles(Folder, all ? "*.txt" : "core.txt");
        Assert.NotEmpty(files);

        StringBuilder differences = new();
        await Parallel.ForEachAsync(
            files.Order(StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) },
            async (file, cancellation) =>
            {
                string name = Path.GetFileNameWithoutExtension(file);
                Transcript transcript = Transcript.Read(name, await File.ReadAllTextAsync(file, cancellation), minor);
                Assert.NotEmpty(transcript.Steps);
                string found = await new TranscriptPlayer(keelson, kubectl).PlayAsync(transcript);
                lock (differences)
                {
                    differences.Append(found);
                }
            });
        Assert.True(differences.Length == 0, $"kubectl 1.{minor}:\n{differences}");
        Assert.True(keelson.IsRunning, keelson.Log);
    }

    [Fact]
    public void A_transcript_is_read_as_its_version_sees_it()
    {
        const string Text = "# Words.\n$ a <<E\n> b\n> E\n?1.30+ new\n?-1.29 old\nalways <age>\n\n?1.31+ $ c\nd\n[1]\n";
        Transcript older = Transcript.Read("t", Text, 29);
        Transcript newer = Transcript.Read("t", Text, 31);
        Assert.Equal([2], older.Steps.Select(step => step.Line));
        Assert.Equal("a <<E\nb\nE", older.Steps[0].Command);
        Assert.Equal(["old", "always <age>"], older.Steps[0].Expected);
        Assert.Equal(["new", "always <age>"], newer.Steps[0].Expected);
        Assert.Equal(["d", "[1]"], newer.Steps[1].Expected);
        Assert.True(older.Steps[0].Matches(["old", "always 3m12s"], "n"));
        Assert.False(older.Steps[0].Matches(["old", "always x"], "n"));
        Assert.False(older.Steps[0].Matches(["old"], "n"));
    }
}
