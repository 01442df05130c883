using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Wire;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;
using Keelson.Server.Storage;

namespace Keelson.Server.Http;

/// <summary>
/// Reads DeleteOptions off a body. Upstream does so with a scheme of its own, which knows a few kinds in any version.
/// </summary>
internal static class DeleteOptionsBody
{
    private const string Kind = "DeleteOptions";
    private const string Scheme = "pkg/apis/meta/internalversion/scheme/register.go:27";

    /// <summary>Reads the options in whatever format the body has.</summary>
    public static ApiResult<DeleteOptions> Read(byte[] body, string? contentType)
    {
        try
        {
            switch (ObjectBody.FormatOf(contentType))
            {
                case null:
                    return ApiErrors.UnsupportedMediaType(MediaType.Available);
                case WireFormat.Protobuf:
                    ProtoEnvelope envelope = ProtoEnvelope.Read(body);
                    ProtoReader reader = new(envelope.Content.Span);
                    return Refuse(envelope.ApiVersion, envelope.Kind) is { } refused
                        ? refused
                        : DeleteOptions.ReadProto(ref reader);
                case WireFormat.Yaml:
                    body = YamlReader.ToJson(body);
                    break;
            }

            return ReadJson(body);
        }
        catch (DecodeException exception)
        {
            return ApiErrors.BadRequest(exception.Message);
        }
    }

    private static ApiResult<DeleteOptions> ReadJson(byte[] json)
    {
        (string apiVersion, string kind, string? problem) = ObjectBody.ReadType(json);
        if (problem is not null)
        {
            return ApiErrors.BadRequest("couldn't get version/kind; json parse error: " + problem);
        }

        if (Refuse(apiVersion, kind) is { } refused)
        {
            return refused;
        }

        try
        {
            JsonDecoder decoder = new(json);
            DeleteOptions options = DeleteOptions.ReadJson(ref decoder);
            decoder.End();
            return options;
        }
        catch (JsonException)
        {
            return ApiErrors.BadRequest("couldn't get version/kind; json parse error: " + GoJsonSyntax.Describe(json));
        }
    }

    private static Status? Refuse(string apiVersion, string kind)
    {
        if (apiVersion.Count('/') > 1)
        {
            return ApiErrors.BadRequest("unexpected GroupVersion string: " + apiVersion);
        }

        return kind switch
        {
            "" or Kind => null,
            "CreateOptions" or "UpdateOptions" or "Status" or "APIVersions" or "APIGroupList" or "APIGroup" or "APIResourceList" =>
                ApiErrors.BadRequest($"converting (v1.{kind}) to (v1.{Kind}): unknown conversion"),
            _ => ApiErrors.BadRequest(
                $"no kind \"{kind}\" is registered for version \"{(apiVersion.Length == 0 ? "meta.k8s.io/v1" : apiVersion)}\" in scheme \"{Scheme}\""),
        };
    }
}
