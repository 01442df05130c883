using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Client.Informers;

namespace Keelson.Nodes.Provisioner;

/// <summary>Where claims without a provisioner of their own get their room.</summary>
public sealed record LocalStorageConfig
{
    /// <summary>The machine that this runs on, for events.</summary>
    public required string HostName { get; init; }

    /// <summary>
    /// An identity that may create and delete persistent volumes and classes and write the status of claims; a node's
    /// own may not.
    /// </summary>
    public required IApiClient Client { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where failures are told that nobody else hears of.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}

/// <summary>
/// Storage on nodes' own disks: the default storage class <c>local</c>, and volumes for the claims of its class on the
/// nodes their pods go to. It belongs to the control plane; <see cref="LocalDirectories"/> is on every node.
/// </summary>
public sealed class LocalStorage : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly LocalStorageConfig _config;
    private readonly EventRecorder _events;
    private readonly LocalProvisioner _provisioner;
    private readonly Task _running;

    private LocalStorage(IInformers informers, LocalStorageConfig config)
    {
        _config = config;
        _events = new(
            config.Client, $"{LocalStorageClass.Provisioner}_{config.HostName}", config.HostName, config.Clock);
        _provisioner = new(new()
        {
            Client = config.Client,
            Informers = informers,
            Events = _events,
            Clock = config.Clock,
            Log = config.Log,
        });
        _running = Task.WhenAll(Task.Run(EnsureClassAsync), _provisioner.RunAsync(_stop.Token));
    }

    /// <summary>Starts.</summary>
    /// <param name="informers">Claims, volumes, classes and nodes.</param>
    /// <param name="config">Who it is, and where it tells what.</param>
    public static LocalStorage Start(IInformers informers, LocalStorageConfig config) => new(informers, config);

    /// <summary>Ends; volumes stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _provisioner.Dispose();
        await _events.DisposeAsync();
        _stop.Dispose();
    }

    private async Task EnsureClassAsync()
    {
        try
        {
            while (await LocalStorageClass.EnsureAsync(_config.Client, _stop.Token) is { } error)
            {
                Report(error);
                await Task.Delay(RetryAfter, _config.Clock, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private void Report(Status error) => _config.Log("the storage class could not be made: " + error.Message);
}
