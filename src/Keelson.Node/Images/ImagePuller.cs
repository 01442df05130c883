using System.Collections.Concurrent;
using Keelson.Api.Core.V1;
using Keelson.Client;
using Keelson.Client.Events;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Images.Credentials;
using Keelson.Nodes.Images.Pulls;
using Keelson.Nodes.Metrics;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Statuses;
using Keelson.Rpc;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Images;

/// <summary>An image that is here.</summary>
/// <param name="Ref">The id by which containers are made from it.</param>
/// <param name="User">Who it runs as.</param>
internal sealed record LocalImage(string Ref, ImageUser User);

/// <summary>An image, or why there is none.</summary>
internal readonly record struct ImageOutcome(LocalImage? Image, WaitingReason? Waiting);

/// <summary>Sees to it that images are here, by the policies of containers, with events in upstream's words.</summary>
internal sealed class ImagePuller(
    CriClient runtime, PullSecrets secrets, EventRecorder events, TimeProvider clock, int parallelPulls,
    CredentialProviders? providers = null)
{
    private static readonly TimeSpan PullPatience = TimeSpan.FromHours(1);

    /// <summary>Where pulls are counted; null for nowhere.</summary>
    public ImageWorkMetrics? Metrics { get; init; }

    /// <summary>Who may use images that are here; null for everybody.</summary>
    public PullVerification? Verification { get; init; }

    private readonly StartBackoff _backoff = new();
    private readonly ConcurrentDictionary<string, string> _lastErrors = [];
    private readonly SemaphoreSlim _turns = new(parallelPulls);

    /// <summary>Brings the image of a container here.</summary>
    public async Task<ImageOutcome> EnsureAsync(
        Pod pod, ContainerSpec one, Proto.PodSandboxConfig sandbox, CancellationToken cancellationToken)
    {
        ObjectReference about = PodNames.ReferenceTo(pod, one);
        if (ImageName.TryNormalize(one.Image, out string name) is { } wrong)
        {
            string text = $"Failed to apply default image tag \"{one.Image}\": {wrong}";
            events.Record(about, "Warning", "InspectFailed", text);
            return new(null, new("InvalidImageName", text));
        }

        Proto.Image? present;
        try
        {
            present = await StatusAsync(name, cancellationToken);
        }
        catch (RpcException exception)
        {
            string text = $"Failed to inspect image \"{name}\": {exception.Message}";
            events.Record(about, "Warning", "InspectFailed", text);
            return new(null, new("ImageInspectError", text));
        }

        string policy = one.Container.ImagePullPolicy;
        Metrics?.Wanted(
            present is not null,
            policy,
            policy == PullPolicy.Always || (present is null && policy != PullPolicy.Never));
        IReadOnlyList<PullCredential>? credentials = null;
        async Task<IReadOnlyList<PullCredential>> CredentialsAsync() =>
            credentials ??= await CredentialsOfAsync(pod, name, cancellationToken);
        bool mayUse = present is not null && policy != PullPolicy.Always
            && (Verification is null || !await Verification.MustPullAsync(name, present.Id, CredentialsAsync));
        if (present is not null && mayUse)
        {
            events.Record(
                about,
                "Normal",
                "Pulled",
                $"Container image \"{one.Image}\" already present on machine and can be accessed by the pod");
            return new(Local(present), null);
        }

        if (policy == PullPolicy.Never)
        {
            string text = $"Container image \"{one.Image}\" is not present with pull policy of Never";
            events.Record(about, "Warning", "ErrImageNeverPull", text);
            return new(null, new("ErrImageNeverPull", text));
        }

        return await PullAsync(pod, one, new(name, sandbox, CredentialsAsync), cancellationToken);
    }

    /// <summary>A pull.</summary>
    private readonly record struct Pull(
        string Name, Proto.PodSandboxConfig Sandbox, Func<Task<IReadOnlyList<PullCredential>>> Credentials);

    /// <summary>How long a pod's image still has to wait after a pull that failed; null when it need not.</summary>
    public TimeSpan? BackoffOf(Pod pod, ContainerSpec one)
    {
        ImageName.TryNormalize(one.Image, out string name);
        lock (_backoff)
        {
            DateTimeOffset now = _time.Now;
            return _failedAt.TryGetValue(KeyOf(pod, name), out DateTimeOffset at)
                ? _backoff.Remaining(KeyOf(pod, name), at, now)
                : null;
        }
    }

    private readonly SteadyTime _time = new(clock);
    private readonly Dictionary<string, DateTimeOffset> _failedAt = new(StringComparer.Ordinal);

    private static string KeyOf(Pod pod, string image) => $"{pod.Metadata.Uid}_{image}";

    // An image that says nothing of a user is root's.
    private static LocalImage Local(Proto.Image image) => new(
        image.Id, new(image.Uid?.Value ?? (image.Username.Length == 0 ? 0 : null), image.Username));

    private async Task<ImageOutcome> PullAsync(
        Pod pod, ContainerSpec one, Pull pull, CancellationToken cancellationToken)
    {
        ObjectReference about = PodNames.ReferenceTo(pod, one);
        string name = pull.Name;
        string key = KeyOf(pod, name);
        if (BackoffOf(pod, one) is not null)
        {
            string text = $"Back-off pulling image \"{one.Image}\"";
            events.Record(about, "Normal", "BackOff", text);
            return new(null,
                new("ImagePullBackOff", _lastErrors.TryGetValue(key, out string? last) ? $"{text}: {last}" : text));
        }

        events.Record(about, "Normal", "Pulling", $"Pulling image \"{one.Image}\"");
        long asked = clock.GetTimestamp();
        await _turns.WaitAsync(cancellationToken);
        Verification?.Records.Begin(name);
        try
        {
            long started = clock.GetTimestamp();
            PullCredential? used = await PullFromRegistryAsync(pull, cancellationToken);
            Proto.Image image = await StatusAsync(name, cancellationToken)
                ?? throw new RpcException(RpcStatusCode.NotFound, $"image \"{name}\" is not there after its pull");
            Verification?.Records.Add(image.Id, ImageName.FullRepository(name), PullAccess.Of(used));
            events.Record(
                about,
                "Normal",
                "Pulled",
                $"Successfully pulled image \"{one.Image}\" in {Took(started)} ({Took(asked)} including waiting). "
                + $"Image size: {image.Size} bytes.");
            Metrics?.Pulled(image.Size, clock.GetElapsedTime(started));
            Forget(key);
            return new(Local(image), null);
        }
        catch (RpcException exception)
        {
            string message = TextOf(exception);
            events.Record(about, "Warning", "Failed", $"Failed to pull image \"{one.Image}\": {message}");
            WaitingReason waiting = ReasonOf(one.Image, message);
            Failed(key, $"{waiting.Reason}: {waiting.Message}");
            return new(null, waiting);
        }
        finally
        {
            Verification?.Records.End(name);
            _turns.Release();
        }
    }

    /// <summary>What runtimes say without a code has none in front.</summary>
    private static string TextOf(RpcException exception) =>
        exception.Code == RpcStatusCode.Unknown ? exception.Status.Message : exception.Message;

    /// <summary>Runtimes begin their message with a name for two kinds of failures.</summary>
    private static WaitingReason ReasonOf(string image, string message)
    {
        (string Reason, string Text)[] kinds =
        [
            ("RegistryUnavailable", "the registry is unavailable"),
            ("SignatureValidationFailed", "the signature validation failed"),
        ];
        foreach ((string reason, string text) in kinds)
        {
            if (message.StartsWith(reason, StringComparison.Ordinal))
            {
                return new(reason, $"image pull failed for {image} because {text}{message[reason.Length..]}");
            }
        }

        return new("ErrImagePull", message);
    }

    private void Failed(string key, string message)
    {
        lock (_backoff)
        {
            DateTimeOffset now = _time.Now;
            _backoff.Next(key, now, now);
            _failedAt[key] = now;
        }

        _lastErrors[key] = message;
    }

    private void Forget(string key)
    {
        lock (_backoff)
        {
            _backoff.Reset(key);
            _failedAt.Remove(key);
        }

        _lastErrors.TryRemove(key, out _);
    }

    private string Took(long since) =>
        GoDuration.Format(TimeSpan.FromMilliseconds(Math.Floor(clock.GetElapsedTime(since).TotalMilliseconds)));

    /// <summary>The credentials to try: the pod's secrets', then those that programs have.</summary>
    private async Task<IReadOnlyList<PullCredential>> CredentialsOfAsync(
        Pod pod, string name, CancellationToken cancellationToken)
    {
        List<PullCredential> credentials = [.. await secrets.OfAsync(pod, name, cancellationToken)];
        if (providers is null)
        {
            return credentials;
        }

        string repository = ImageName.FullRepository(name);
        PullSource? account = null;
        foreach (ProvidedCredential one in await providers.OfAsync(pod, repository, repository, cancellationToken))
        {
            account ??= one.IsForAccount ? await secrets.AccountAsync(pod, cancellationToken) : null;
            credentials.Add(new(one.Auth, Account: one.IsForAccount ? account : null));
        }

        return credentials;
    }

    /// <summary>Pulls with one set of credentials after the other; the result are those that did.</summary>
    private async Task<PullCredential?> PullFromRegistryAsync(Pull pull, CancellationToken cancellationToken)
    {
        IReadOnlyList<PullCredential> credentials = await pull.Credentials();
        Proto.PullImageRequest request = new() { Image = new() { Image = pull.Name }, SandboxConfig = pull.Sandbox };
        List<string> errors = [];
        for (int i = 0; ; i++)
        {
            PullCredential? used = i < credentials.Count ? credentials[i] : null;
            request.Auth = used?.Auth;
            try
            {
                await runtime.CallAsync(CriMethods.PullImage, request, PullPatience, cancellationToken);
                return used;
            }
            catch (RpcException exception)
            {
                string text = TextOf(exception);
                if (!errors.Contains(text))
                {
                    errors.Add(text);
                }

                // The next credentials may do.
                if (i >= credentials.Count - 1)
                {
                    throw errors.Count == 1
                        ? exception
                        : new RpcException(RpcStatusCode.Unknown, $"[{string.Join(", ", errors)}]");
                }
            }
        }
    }

    private async Task<Proto.Image?> StatusAsync(string name, CancellationToken cancellationToken)
    {
        Proto.ImageStatusResponse answer = await runtime.CallAsync(
            CriMethods.ImageStatus, new Proto.ImageStatusRequest { Image = new() { Image = name } }, cancellationToken);
        return answer.Image is { Id.Length: > 0 } image ? image : null;
    }
}
