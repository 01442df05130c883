using System.Text;

namespace Keelson.EndToEnd.Tests.Kubectl;

/// <summary>
/// Plays the transcripts that need pods to run, with every kubectl of this machine, on simulated nodes.
/// </summary>
public sealed class KubectlNodeTests(KeelsonWithMeasuredNodes keelson) : IClassFixture<KeelsonWithMeasuredNodes>
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Kubectl", "Transcripts", "Nodes");

    /// <summary>The minor versions on this machine, or one that says there is none.</summary>
    public static TheoryData<int> Versions => KubectlTests.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_command_about_running_pods_prints_what_its_transcript_says(int minor)
    {
        Assert.SkipWhen(minor == 0, "there is no kubectl on the PATH");
        KubectlVersion kubectl = KubectlVersion.Installed.Single(one => one.Minor == minor);
        string[] files = Directory.GetFiles(Folder, "*.txt");
        Assert.NotEmpty(files);
        StringBuilder differences = new();
        await Parallel.ForEachAsync(
            files,
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
}
