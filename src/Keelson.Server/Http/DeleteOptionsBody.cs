using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;
using Keelson.Server.Storage;

namespace Keelson.Server.Http;

/// <summary>Reads DeleteOptions off a body.</summary>
internal static class DeleteOptionsBody
{
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
                    ProtoReader reader = new(ProtoEnvelope.Read(body).Content.Span);
                    return DeleteOptions.ReadProto(ref reader);
                case WireFormat.Yaml:
                    body = YamlReader.ToJson(body);
                    break;
            }

            (string version, string kind) = ReadType(body);
            if (kind.Length > 0 && kind != "DeleteOptions")
            {
                return ApiErrors.BadRequest(
                    $"no kind \"{kind}\" is registered for version \"{version}\" in scheme \"pkg/apis/meta/internalversion/scheme/register.go:27\"");
            }

            JsonDecoder decoder = new(body);
            DeleteOptions options = DeleteOptions.ReadJson(ref decoder);
            decoder.End();
            return options;
        }
        catch (DecodeException exception)
        {
            return ApiErrors.BadRequest(exception.Message);
        }
        catch (JsonException)
        {
            return ApiErrors.BadRequest("couldn't get version/kind; json parse error: " + GoJsonSyntax.Describe(body));
        }
    }

    private static (string Version, string Kind) ReadType(ReadOnlySpan<byte> json)
    {
        ObjectTree? tree = TreeReader.Read(json) as ObjectTree;
        return tree is null ? ("", "") : (tree.TextAt("apiVersion"), tree.TextAt("kind"));
    }
}
