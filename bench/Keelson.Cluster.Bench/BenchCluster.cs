using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Controllers;
using Keelson.Scheduler;
using Keelson.Server;
using Keelson.Server.Authentication;
using Keelson.Server.InProcess;
using Keelson.Simulation;
using Keelson.Store.Embedded;

namespace Keelson.Cluster.Bench;

using Node = Keelson.Api.Core.V1.Node;

/// <summary>A control plane in this process, with its store in memory and simulated nodes.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private const int Writers = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly ConcurrentDictionary<string, long> Attempts = [];

    private readonly EmbeddedStore _store;
    private readonly LocalServer _server;
    private readonly List<IAsyncDisposable> _roles = [];

    private BenchCluster(EmbeddedStore store, LocalServer server)
    {
        (_store, _server) = (store, server);
        Admin = server.Clients.For(new UserInfo { Name = "admin", Groups = ["system:masters"] }, "bench");
        Tally = new(server.Informers.Of<Pod>());
        Nodes = server.Informers.Of<Node>();
        Namespaces = server.Informers.Of<Namespace>();
        CountAttempts();
    }

    /// <summary>The user's way to the server.</summary>
    public IApiClient Admin { get; }

    public PodTally Tally { get; }

    public IInformer<Node> Nodes { get; }

    public IInformer<Namespace> Namespaces { get; }

    /// <summary>Starts the server, controllers and scheduler.</summary>
    public static async Task<BenchCluster> StartAsync()
    {
        EmbeddedStore store = EmbeddedStore.InMemory();
        LocalServer server = await LocalServer.StartAsync(
            new ApiServerConfig
            {
                Store = store,
                Certificates = new NoCertificates(),
                ClientAuthorities = static () => new([]),
                ServiceAccountKey = Task.FromResult<AsymmetricAlgorithm>(ECDsa.Create(ECCurve.NamedCurves.nistP256)),
            },
            CancellationToken.None);
        BenchCluster cluster = new(store, server);
        cluster._roles.Add(ControllerManager.Start(server.Clients, server.Informers, new ControllerManagerConfig()));
        UserInfo scheduler = new() { Name = "system:kube-scheduler", Groups = ["system:authenticated"] };
        cluster._roles.Add(Scheduler.Scheduler.Start(
            server.Clients.For(scheduler, "kube-scheduler"), server.Informers, new SchedulerConfig()));
        return cluster;
    }

    /// <summary>Adds simulated nodes, and waits until all are ready.</summary>
    public async Task AddNodesAsync(int count)
    {
        _roles.Add(SimulatedNodes.Start(_server.Clients, _server.Informers, new SimulatedNodesConfig
        {
            Count = count,
            Shapes = [new SimulatedNodeShape { Zones = ["a", "b", "c"] }],
        }));
        await UntilAsync(() => Nodes.List().Count(static node => node.Status.Conditions.Any(
            static one => one is { Type: "Ready", Status: "True" })) >= count);
    }

    /// <summary>Creates pods, many at a time.</summary>
    public Task CreatePodsAsync(int count, Func<int, string> json) => ForAllAsync(count, async i =>
        Check((await Admin.CreateAsync(
            new(ApiKinds.CoreV1Pod, "default", ""), ApiKinds.CoreV1Pod.DecodeJson(Encoding.UTF8.GetBytes(json(i))),
            WriteRequest.Default, CancellationToken.None)).Error));

    /// <summary>Creates an object of a namespace.</summary>
    public async Task CreateAsync(ApiKind kind, string @namespace, string json) =>
        Check((await Admin.CreateAsync(
            new(kind, @namespace, ""), kind.DecodeJson(Encoding.UTF8.GetBytes(json)), WriteRequest.Default,
            CancellationToken.None)).Error);

    /// <summary>Waits until a condition holds.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException("It takes too long. Pods without a node: " + string.Join(
                    "; ", _server.Informers.Of<Pod>().List().Where(static pod => pod.Spec.NodeName.Length == 0).Take(5)
                        .Select(static pod => $"{pod.Metadata.Name} {pod.Status}")));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Runs something and says how long it took, in real time and of the processor.</summary>
    public async Task MeasureAsync(string what, int count, Func<Task> run)
    {
        Attempts.Clear();
        long revision = _store.CurrentRevision;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        long started = Stopwatch.GetTimestamp();
        await run();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double processor = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{what}: {seconds:0.0} s, {count / seconds:0}/s, ")
            + string.Create(CultureInfo.InvariantCulture, $"{processor * 1e6 / count:0} us of processor and ")
            + string.Create(
                CultureInfo.InvariantCulture, $"{allocated / count >> 10} kB each, {self.WorkingSet64 >> 20} MB")
            + string.Concat(Attempts.OrderBy(static one => one.Key, StringComparer.Ordinal)
                .Select(static one => $", {one.Key} {one.Value}")));
        Console.WriteLine("  writes each: " + await WriteTally.SinceAsync(_store, revision, count));
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = _roles.Count - 1; i >= 0; i--)
        {
            await _roles[i].DisposeAsync();
        }

        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    public static async Task ForAllAsync(int count, Func<int, Task> run)
    {
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Writers, count)).Select(_ => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await run(i);
            }
        })));
    }

    public static void Check(Status? error)
    {
        if (error is not null)
        {
            throw new InvalidOperationException(error.Message);
        }
    }

    /// <summary>Counts attempts to place pods, by result, for as long as the program runs.</summary>
    private static void CountAttempts()
    {
        MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Name is "scheduler_schedule_attempts_total" or "scheduler_preemption_attempts_total")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(static (instrument, value, tags, _) =>
        {
            string result = "preemptions";
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                result = tag.Key == "result" ? (string)tag.Value! : result;
            }

            Attempts.AddOrUpdate(result, value, (_, before) => before + value);
        });
        listener.Start();
    }

    private sealed class NoCertificates : IServingCertificateSource
    {
        public ServingCertificate Current => throw new InvalidOperationException("This server does not listen.");
    }
}
