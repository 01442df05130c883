using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Http;

/// <summary><c>componentstatuses</c>: asks the parts of the control plane how they are, at each call.</summary>
internal sealed class ComponentStatusResource(ApiServerConfig config, ObjectStorage storage) : ISpecialResource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public bool Serves(KindInfo kind, string subresource) => kind == ComponentStatus.Info && subresource.Length == 0;

    public async Task ServeAsync(ResourceCall call)
    {
        if (!call.TryReadList(out ListQuery? query, out Status? error) || (error = query.Check()) is not null)
        {
            await call.WriteAsync(error);
            return;
        }

        if (call.Info.Verb is not ("get" or "list"))
        {
            await call.WriteAsync(ApiErrors.MethodNotSupported(call.Kind.Info, call.Info.Verb));
            return;
        }

        ComponentCheck[] checks = [.. config.Components, new("etcd-0", CheckStoreAsync)];
        string name = call.Info.Name;
        if (name.Length > 0)
        {
            await (checks.FirstOrDefault(one => one.Name == name) is { } check
                ? call.WriteAsync(200, await AskAsync(check, call.Aborted))
                : call.WriteAsync(ApiErrors.Unclassified($"Component not found: {name}")));
            return;
        }

        ComponentStatus[] all = await Task.WhenAll(checks.Select(check => AskAsync(check, call.Aborted)));
        await call.WritePageAsync(new ObjectPage(all.Select(Stored).Where(query.Filter.Matches), 0, "", null));
    }

    private static StoredObject Stored(ComponentStatus status) => new(
        ApiKinds.CoreV1ComponentStatus, "componentstatuses/" + status.Metadata.Name, StoredForm.Encode(status), 0);

    private async Task<ComponentStatus> AskAsync(ComponentCheck check, CancellationToken cancellationToken)
    {
        string? failure;
        using CancellationTokenSource time = new(Patience, config.Clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            failure = await check.Check(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            failure = "context deadline exceeded";
        }

        return new ComponentStatus
        {
            Metadata = ObjectMeta.Empty with { Name = check.Name },
            Conditions =
            [
                new ComponentCondition
                {
                    Type = ComponentConditionType.Healthy,
                    Status = failure is null ? "True" : "False",
                    Message = failure ?? "ok",
                },
            ],
        };
    }

    private async ValueTask<string?> CheckStoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await storage.Store.GetAsync(storage.Root + "/", 0, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.Message;
        }
    }
}
