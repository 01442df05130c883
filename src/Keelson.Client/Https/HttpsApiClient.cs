using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Kubeconfigs;
using Keelson.Client.Wire;
using Keelson.Machinery.Wire;

namespace Keelson.Client.Https;

/// <summary>
/// The API of a server elsewhere, over HTTPS: protobuf for the kinds that are compiled in, JSON for all others. A
/// server that asks to come later (<c>Retry-After</c>) is asked again.
/// </summary>
public sealed class HttpsApiClient : IApiClient, IRawReads, IDisposable
{
    private const string Protobuf = "application/vnd.kubernetes.protobuf";
    private const string Json = "application/json";
    private const int MostRetries = 10;

    private readonly HttpsClientConfig _config;
    private readonly HttpsConnection _connection;
    private readonly RequestRates _rates;

    /// <summary>A client for a server as an identity.</summary>
    /// <param name="cluster">The server.</param>
    /// <param name="user">The identity.</param>
    /// <param name="config">How it behaves.</param>
    /// <exception cref="KubeconfigException">A certificate, a key or the URL can't be used.</exception>
    public HttpsApiClient(KubeconfigCluster cluster, KubeconfigUser user, HttpsClientConfig config)
    {
        _config = config;
        _connection = new(cluster, user, config);
        _rates = new(config.Qps, config.Burst, config.Clock);
    }

    /// <summary>A client for the current context of a kubeconfig.</summary>
    /// <exception cref="KubeconfigException">There is no such context, or it can't be used.</exception>
    public static HttpsApiClient Of(Kubeconfig kubeconfig, HttpsClientConfig config)
    {
        (_, KubeconfigCluster cluster, KubeconfigUser user) = kubeconfig.Select();
        return new(cluster, user, config);
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <inheritdoc/>
    public async ValueTask<ApiResult<IObject>> GetAsync(ObjectPath path, CancellationToken cancellationToken)
    {
        ApiResult<Answer> result = await CallAsync(
            HttpMethod.Get, ResourceUrl.Of(path), path.Kind, null, cancellationToken);
        return ObjectOf(path.Kind, result, null);
    }

    /// <inheritdoc/>
    public async ValueTask<ApiResult<byte[]>> ReadAsync(string pathAndQuery, CancellationToken cancellationToken)
    {
        ApiResult<Answer> result = await CallAsync(HttpMethod.Get, pathAndQuery, Json, null, cancellationToken);
        return result.TryGet(out Answer answer, out Status? error) ? ApiResult<byte[]>.Of(answer.Body) : error;
    }

    /// <inheritdoc/>
    public async ValueTask<ApiResult<ObjectList>> ListAsync(
        ApiKind kind, string @namespace, ListRequest request, CancellationToken cancellationToken)
    {
        string url = ResourceUrl.Of(new(kind, @namespace, "")) + ResourceUrl.Query(request);
        ApiResult<Answer> result = await CallAsync(HttpMethod.Get, url, kind, null, cancellationToken);
        return result.TryGet(out Answer answer, out Status? error)
            ? Decoded(() => ApiResult<ObjectList>.Of(AnswerReader.ReadList(kind, answer)))
            : error;
    }

    /// <inheritdoc/>
    public ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Post, path, obj, request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Put, path, obj, request, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken)
    {
        string url = ResourceUrl.Of(path) + ResourceUrl.Query(request, _config.Program);
        Body body = new(patch, MediaTypeOf(type));
        ApiResult<Answer> result = await CallAsync(HttpMethod.Patch, url, path.Kind, body, cancellationToken);
        return ObjectOf(path.Kind, result, null);
    }

    /// <inheritdoc/>
    public async ValueTask<ApiResult<Deletion>> DeleteAsync(
        ObjectPath path, DeleteOptions options, CancellationToken cancellationToken)
    {
        Body body = OptionsBody(options);
        ApiResult<Answer> result =
            await CallAsync(HttpMethod.Delete, ResourceUrl.Of(path), path.Kind, body, cancellationToken);
        return result.TryGet(out Answer answer, out Status? error)
            ? Decoded(() => ApiResult<Deletion>.Of(DeletionOf(AnswerReader.ReadObject(path.Kind, answer))))
            : error;
    }

    /// <inheritdoc/>
    public async ValueTask<ApiResult<int>> DeleteCollectionAsync(
        ApiKind kind, string @namespace, DeleteOptions options, ListRequest request, CancellationToken cancellationToken)
    {
        string url = ResourceUrl.Of(new(kind, @namespace, "")) + ResourceUrl.Query(request);
        ApiResult<Answer> result = await CallAsync(
            HttpMethod.Delete, url, kind, OptionsBody(options), cancellationToken);
        return result.TryGet(out Answer answer, out Status? error)
            ? Decoded(() => ApiResult<int>.Of(AnswerReader.ReadList(kind, answer).Items.Count))
            : error;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchNotice> WatchAsync(
        ApiKind kind, string @namespace, WatchRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int seconds = (int)(_config.WatchTime.TotalSeconds * (1 + _config.Random.NextDouble()));
        string url = ResourceUrl.Of(new(kind, @namespace, "")) + ResourceUrl.Query(request, seconds);
        ApiResult<HttpResponseMessage> opened = await OpenWatchAsync(
            url, kind, request.MetadataOnly, cancellationToken);
        if (!opened.TryGet(out HttpResponseMessage? response, out Status? error))
        {
            yield return new(WatchNoticeType.Error, null, "", error);
            yield break;
        }

        using HttpResponseMessage open = response;
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);

        // A read of HTTP/2 that is cancelled by its token looks up its whole stack with files and lines, which takes
        // milliseconds and the memory of all symbols. One whose stream is closed just ends.
        bool isClosed = response.Version.Major >= 2;
        CancellationToken reading = isClosed ? CancellationToken.None : cancellationToken;
        await using CancellationTokenRegistration closing = isClosed
            ? cancellationToken.UnsafeRegister(static one => ((Stream)one!).Dispose(), stream)
            : default;
        WatchReader reader = new(stream, kind, IsProto(response), request.MetadataOnly);
        while (true)
        {
            WatchNotice? notice;
            try
            {
                notice = await reader.NextAsync(reading);
                cancellationToken.ThrowIfCancellationRequested();
            }
            catch (Exception exception) when (isClosed && cancellationToken.IsCancellationRequested
                && exception is not OperationCanceledException)
            {
                throw new OperationCanceledException(exception.Message, exception, cancellationToken);
            }
            catch (Exception exception) when (IsBroken(exception, cancellationToken))
            {
                notice = new(WatchNoticeType.Error, null, "", Unreachable(url, exception));
            }

            if (notice is not { } one)
            {
                yield break;
            }

            yield return one;
            if (one.Type == WatchNoticeType.Error)
            {
                yield break;
            }
        }
    }

    private static bool IsBroken(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && exception is HttpRequestException or IOException or OperationCanceledException or DecodeException
            or JsonException or TokenException;

    private static Deletion DeletionOf(IObject? obj)
    {
        ObjectMeta? meta = obj?.Metadata;
        bool waits = meta?.DeletionTimestamp is not null
            && (meta.Finalizers.Count > 0 || meta.DeletionGracePeriodSeconds > 0);
        return new(obj, !waits);
    }

    private static Body OptionsBody(DeleteOptions options) => new(
        ProtoEnvelope.Write("v1", "DeleteOptions", options.WriteProto), Protobuf);

    private static Body BodyOf(IObject obj)
    {
        ApiKind? kind = ApiKinds.All.FirstOrDefault(one => one.Info == obj.KindInfo);
        if (kind is not null)
        {
            return new(ProtoEnvelope.Write(obj), Protobuf);
        }

        JsonBuffer json = new();
        obj.WriteJson(json);
        return new(json.ToArray(), Json);
    }

    private static string MediaTypeOf(PatchType type) => type switch
    {
        PatchType.Json => "application/json-patch+json",
        PatchType.Merge => "application/merge-patch+json",
        PatchType.Strategic => "application/strategic-merge-patch+json",
        _ => "application/apply-patch+yaml",
    };

    private static bool IsProto(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType == Protobuf;

    /// <summary>The object of an answer; what was sent where the server shows none (a binding).</summary>
    private static ApiResult<IObject> ObjectOf(ApiKind kind, ApiResult<Answer> result, IObject? sent) =>
        result.TryGet(out Answer answer, out Status? error)
            ? Decoded(() => (AnswerReader.ReadObject(kind, answer) ?? sent) is { } obj
                ? ApiResult<IObject>.Of(obj)
                : ApiErrors.Internal("the server shows no object"))
            : error;

    private static ApiResult<T> Decoded<T>(Func<ApiResult<T>> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is DecodeException or JsonException)
        {
            return ApiErrors.Internal($"the server's answer can't be read: {exception.Message}");
        }
    }

    private Status Unreachable(string url, Exception exception)
    {
        string reason = exception switch
        {
            HttpRequestException { InnerException: { } inner } => inner.Message,
            OperationCanceledException => "context deadline exceeded",
            _ => exception.Message,
        };
        return ApiErrors.Unavailable($"{_connection.Base}{url}: {reason}");
    }

    private async ValueTask<ApiResult<IObject>> WriteAsync(
        HttpMethod method, ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken)
    {
        string url = ResourceUrl.Of(path) + ResourceUrl.Query(request, _config.Program);
        ApiResult<Answer> result = await CallAsync(method, url, path.Kind, BodyOf(obj), cancellationToken);
        return ObjectOf(path.Kind, result, obj);
    }

    private ValueTask<ApiResult<Answer>> CallAsync(
        HttpMethod method, string url, ApiKind kind, Body? body, CancellationToken cancellationToken) => CallAsync(
            method, url, AnswerReader.IsCompiled(kind) ? $"{Protobuf},{Json}" : Json, body, cancellationToken);

    /// <summary>A request and its whole answer.</summary>
    private async ValueTask<ApiResult<Answer>> CallAsync(
        HttpMethod method, string url, string accept, Body? body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(_config.Timeout, _config.Clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                using HttpResponseMessage response = await SendAsync(method, url, accept, body, either.Token);
                Answer answer = new(
                    (int)response.StatusCode,
                    IsProto(response),
                    await response.Content.ReadAsByteArrayAsync(either.Token));
                if (response.IsSuccessStatusCode)
                {
                    return answer;
                }

                if (attempt == MostRetries || RetryAfter(response) is not { } wait)
                {
                    return AnswerReader.ReadError(answer);
                }

                await Task.Delay(wait, _config.Clock, either.Token);
            }
        }
        catch (Exception exception) when (IsBroken(exception, cancellationToken))
        {
            return Unreachable(url, exception);
        }
    }

    private async ValueTask<ApiResult<HttpResponseMessage>> OpenWatchAsync(
        string url, ApiKind kind, bool metadataOnly, CancellationToken cancellationToken)
    {
        string form = metadataOnly ? ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1" : "";
        string accept = metadataOnly || AnswerReader.IsCompiled(kind)
            ? $"{Protobuf}{form};stream=watch,{Json}{form};stream=watch"
            : Json;
        try
        {
            HttpResponseMessage response = await SendAsync(HttpMethod.Get, url, accept, null, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                return AnswerReader.ReadError(new((int)response.StatusCode, IsProto(response), body));
            }
        }
        catch (Exception exception) when (IsBroken(exception, cancellationToken))
        {
            return Unreachable(url, exception);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string url, string accept, Body? body, CancellationToken cancellationToken)
    {
        await _rates.WaitAsync(url, cancellationToken);
        using HttpRequestMessage request = new(method, _connection.Base + url);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is { } sent)
        {
            request.Content = new ByteArrayContent(sent.Bytes);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(sent.MediaType);
        }

        return await _connection.SendAsync(request, cancellationToken);
    }

    /// <summary>When to come again; null for: not at all. Upstream asks for both, the code and the header.</summary>
    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        bool mayRetry = response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500;
        return !mayRetry ? null : response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date > _config.Clock.GetUtcNow() => date - _config.Clock.GetUtcNow(),
            { Date: not null } => TimeSpan.Zero,
            _ => null,
        };
    }

    private readonly record struct Body(byte[] Bytes, string MediaType);
}
