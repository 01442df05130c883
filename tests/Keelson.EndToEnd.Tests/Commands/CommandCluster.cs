using Keelson.EndToEnd.Tests.Controllers;
using Keelson.EndToEnd.Tests.Kubectl;
using Keelson.Cluster;
using Keelson.Simulation;

namespace Keelson.EndToEnd.Tests.Commands;

/// <summary>A cluster in this process with simulated nodes, and in one namespace an object of each kind that commands
/// know well.</summary>
public sealed class CommandCluster : ClusterFixture
{
    /// <summary>The namespace with the objects.</summary>
    public const string Namespace = "shop";

    private static readonly SemaphoreSlim Once = new(1);
    private bool _isFilled;

    /// <summary>The newest kubectl of the machine; null for none.</summary>
    internal static string? Kubectl { get; } = KubectlVersion.Installed.LastOrDefault()?.Path;

    protected override ControlPlaneConfig Configure(ControlPlaneConfig config) => config with
    {
        SimulatedNodes = new SimulatedNodesConfig { Count = 2 },
    };

    /// <summary>Makes the objects, once, and waits until their pods run.</summary>
    public async Task FillAsync()
    {
        await Once.WaitAsync();
        try
        {
            if (_isFilled)
            {
                return;
            }

            await NamespaceAsync(Namespace);
            CommandRun made = await CommandRun.ProgramAsync(
                Kubectl!, Kubeconfig, ["apply", "-n", Namespace, "-f", "-"], CommandManifests.Shop);
            Assert.True(made.ExitCode == 0, made.Error);
            await EventuallyAsync($"/apis/apps/v1/namespaces/{Namespace}/deployments/web", web =>
                (int?)web["status"]?["availableReplicas"] == 2 && (int?)web["status"]?["observedGeneration"] == 1);
            await EventuallyAsync($"/apis/apps/v1/namespaces/{Namespace}/statefulsets/db", set =>
                (int?)set["status"]?["availableReplicas"] == 1);
            await EventuallyAsync($"/apis/apps/v1/namespaces/{Namespace}/daemonsets/agent", set =>
                (int?)set["status"]?["numberAvailable"] == 2);
            await EventuallyAsync($"/apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices", list =>
                list["items"]!.AsArray().Any(slice => slice!["endpoints"]?.AsArray().Count == 2));
            _isFilled = true;
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>Runs a line with both programs and says what differs.</summary>
    internal async Task<string?> CompareAsync(string line, string input = "")
    {
        IReadOnlyList<string> words = CommandLineWords.Split(line);
        CommandRun keelson = await CommandRun.KeelsonAsync(Kubeconfig, words, input);
        CommandRun kubectl = await CommandRun.ProgramAsync(Kubectl!, Kubeconfig, words, input);
        return SameOutput.Difference(kubectl, keelson) is { } difference ? $"$ {line}\n{difference}\n" : null;
    }
}

/// <summary>A line as a shell splits it: blanks, quotes.</summary>
internal static class CommandLineWords
{
    public static IReadOnlyList<string> Split(string line)
    {
        List<string> words = [];
        string word = "";
        char quote = '\0';
        foreach (char one in line + " ")
        {
            if (quote == '\0' && one is '\'' or '"' && quote == '\0')
            {
                quote = one;
            }
            else if (one == quote)
            {
                quote = '\0';
            }
            else if (one == ' ' && quote == '\0')
            {
                if (word.Length > 0)
                {
                    words.Add(word);
                }

                word = "";
            }
            else
            {
                word += one;
            }
        }

        return words;
    }
}
