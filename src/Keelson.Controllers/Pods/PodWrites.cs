using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Events;

namespace Keelson.Controllers.Pods;

/// <summary>Creates and deletes pods for an owner, and tells about it in events on the owner.</summary>
internal sealed class PodWrites(IApiClient client, EventRecorder events)
{
    /// <summary>
    /// Creates pods, one first, then two, then four: when the first is refused, for lack of quota for instance, the
    /// others are not tried. The result is the first error.
    /// </summary>
    public async Task<Status?> CreateAsync(IObject owner, IReadOnlyList<Pod> pods, CancellationToken cancellationToken)
    {
        int done = 0;
        for (int batch = 1; done < pods.Count; batch *= 2)
        {
            int size = Math.Min(batch, pods.Count - done);
            Status?[] errors = await Task.WhenAll(
                Enumerable.Range(done, size).Select(i => CreateAsync(owner, pods[i], cancellationToken)));
            if (errors.FirstOrDefault(one => one is not null) is { } error)
            {
                return error;
            }

            done += size;
        }

        return null;
    }

    /// <summary>Creates a pod. A namespace that is going away takes no pods, which nobody needs to be told.</summary>
    public async Task<Status?> CreateAsync(IObject owner, Pod pod, CancellationToken cancellationToken)
    {
        ApiResult<Pod> created = await client.CreateAsync(pod, cancellationToken);
        if (created.TryGet(out Pod? stored, out Status? error))
        {
            events.Normal(owner, "SuccessfulCreate", "Created pod: " + stored.Metadata.Name);
            return null;
        }

        if (!IsNamespaceEnding(error))
        {
            events.Warning(owner, "FailedCreate", "Error creating: " + error.Message);
        }

        return error;
    }

    /// <summary>Deletes pods side by side. The result is the first error.</summary>
    public async Task<Status?> DeleteAsync(IObject owner, IReadOnlyList<Pod> pods, CancellationToken cancellationToken)
    {
        Status?[] errors = await Task.WhenAll(pods.Select(pod => DeleteAsync(owner, pod, cancellationToken)));
        return errors.FirstOrDefault(one => one is not null);
    }

    /// <summary>Deletes a pod; one that is gone already is fine.</summary>
    public async Task<Status?> DeleteAsync(IObject owner, Pod pod, CancellationToken cancellationToken)
    {
        Status? error = await client.DeleteAsync(pod, cancellationToken);
        if (error is null)
        {
            events.Normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.Metadata.Name);
        }
        else
        {
            events.Warning(owner, "FailedDelete", "Error deleting: " + error.Message);
        }

        return error;
    }

    /// <summary>True for the refusal of a namespace that is going away.</summary>
    public static bool IsNamespaceEnding(Status error) =>
        error.Details?.Causes.Any(static cause => cause.Reason == "NamespaceTerminating") == true;
}
