using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Images;
using Keelson.Nodes.Images.Pulls;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Server.Stats;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Images;

/// <summary>Pulls that fail.</summary>
public sealed class ImagePullerTests
{
    [Fact]
    public async Task While_a_pull_waits_the_container_says_what_went_wrong_with_the_last()
    {
        using TestNode node = new();
        await using TestRuntime runtime = await TestRuntime.StartAsync(node.DirectoryFor("runtime"));
        runtime.Puller = "somebody";
        await using EventRecorder events = new(node.Api, "kubelet", TestNode.Name, node.Clock);
        ImagePuller puller = new(runtime.Client, new(node.Api, events), events, node.Clock, 1);
        Container wanted = new() { Name = "main", Image = "registry.example/app:1", ImagePullPolicy = "IfNotPresent" };
        Task<ImageOutcome> PullAsync() => puller.EnsureAsync(
            TestNode.PodWith(), new(wanted, ContainerRole.Regular), new(), TestContext.Current.CancellationToken);

        Assert.Equal(new("ErrImagePull", "unauthorized"), (await PullAsync()).Waiting);
        Assert.Equal(
            new(
                "ImagePullBackOff",
                "Back-off pulling image \"registry.example/app:1\": ErrImagePull: unauthorized"),
            (await PullAsync()).Waiting);
    }

    [Fact]
    public async Task An_image_that_was_pulled_with_a_secret_is_for_those_who_have_it()
    {
        using TestNode node = new();
        await using TestRuntime runtime = await TestRuntime.StartAsync(node.DirectoryFor("runtime"));
        runtime.Puller = "somebody";
        await using EventRecorder events = new(node.Api, "kubelet", TestNode.Name, node.Clock);
        node.Api.Put(new Secret
        {
            Metadata = ObjectMeta.Empty with { Name = "key", Namespace = "ns", Uid = "uid-key" },
            Data = ApiMap<Bytes>.Empty.With(".dockerconfigjson", Bytes.FromText(
                "{\"auths\":{\"registry.example\":{\"username\":\"somebody\",\"password\":\"x\"}}}")),
        });
        Container wanted = new() { Name = "main", Image = "registry.example/app:1", ImagePullPolicy = "IfNotPresent" };
        async Task<string> PullAsync(bool hasSecret, string policy = "IfNotPresent")
        {
            // Notes outlive the agent.
            ImagePuller puller = new(runtime.Client, new(node.Api, events), events, node.Clock, 1)
            {
                Verification = new(new(node.Context), PullVerificationPolicy.NeverVerifyPreloadedImages, []),
            };
            Pod pod = TestNode.PodWith();
            pod = hasSecret
                ? pod with { Spec = pod.Spec with { ImagePullSecrets = [new LocalObjectReference { Name = "key" }] } }
                : pod;
            Container container = wanted with { ImagePullPolicy = policy };
            ImageOutcome outcome = await puller.EnsureAsync(
                pod, new(container, ContainerRole.Regular), new(), TestContext.Current.CancellationToken);
            return $"{outcome.Waiting?.Reason ?? "here"} after {runtime.PulledAs.Count}";
        }

        Assert.Equal("here after 1", await PullAsync(hasSecret: true));
        Assert.Equal("here after 1", await PullAsync(hasSecret: true));
        Assert.Equal("ErrImagePull after 2", await PullAsync(hasSecret: false));
        Assert.Equal("ErrImageNeverPull after 2", await PullAsync(hasSecret: false, "Never"));
        Assert.Equal("here after 2", await PullAsync(hasSecret: true, "Never"));

        // Once somebody could pull it without, it is for all.
        runtime.Puller = null;
        Assert.Equal("here after 3", await PullAsync(hasSecret: false));
        Assert.Equal("here after 3", await PullAsync(hasSecret: false));
    }

    [Fact]
    public async Task An_image_that_was_here_before_is_for_all_unless_it_is_always_asked()
    {
        using TestNode node = new();
        PullRecords records = new(node.Context);
        static Task<IReadOnlyList<PullCredential>> NoneAsync() =>
            Task.FromResult<IReadOnlyList<PullCredential>>([]);
        async Task<bool> MustPullAsync(PullVerificationPolicy policy, params string[] allowed) =>
            await new PullVerification(records, policy, allowed).MustPullAsync("a.example/b:1", "sha256:1", NoneAsync);

        Assert.False(await MustPullAsync(PullVerificationPolicy.NeverVerifyPreloadedImages));
        Assert.True(await MustPullAsync(PullVerificationPolicy.AlwaysVerify));
        Assert.True(await MustPullAsync(PullVerificationPolicy.NeverVerifyAllowlistedImages, "a.example/other"));
        Assert.False(await MustPullAsync(PullVerificationPolicy.NeverVerifyAllowlistedImages, "a.example/*"));

        // One whose pull was not seen to end was not here before.
        records.Begin("a.example/b:1");
        Assert.True(await MustPullAsync(PullVerificationPolicy.NeverVerifyPreloadedImages));
        records.Add("sha256:1", "a.example/b", PullAccess.Of(null));
        records.End("a.example/b:1");
        Assert.False(await MustPullAsync(PullVerificationPolicy.AlwaysVerify));
        records.Prune(new HashSet<string>(), DateTimeOffset.MaxValue);
        Assert.True(await MustPullAsync(PullVerificationPolicy.AlwaysVerify));
        Assert.False(await MustPullAsync(PullVerificationPolicy.NeverVerify));

        // All of it is counted.
        records.Begin("a.example/b:1");
        MetricsText text = new();
        node.Context.Metrics.Own.Write(text);
        foreach (string line in (string[])
        [
            "kubelet_imagemanager_image_mustpull_checks_total{result=\"credentialPolicyAllowed\"} 3",
            "kubelet_imagemanager_image_mustpull_checks_total{result=\"credentialRecordFound\"} 1",
            "kubelet_imagemanager_image_mustpull_checks_total{result=\"mustAuthenticate\"} 4",
            "kubelet_imagemanager_ondisk_pulledrecords 0",
            "kubelet_imagemanager_ondisk_pullintents 1",
        ])
        {
            Assert.Contains(line + "\n", text.ToString(), StringComparison.Ordinal);
        }
    }
}
