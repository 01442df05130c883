using Keelson.Rpc;
using Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Cri;

/// <summary>The methods of the container runtime interface.</summary>
internal static class CriMethods
{
    private const string RuntimeService = "runtime.v1.RuntimeService";
    private const string ImageService = "runtime.v1.ImageService";

    public static readonly RpcMethod<VersionRequest, VersionResponse> Version =
        RpcMethod.Unary<VersionRequest, VersionResponse>(RuntimeService, "Version");

    public static readonly RpcMethod<RunPodSandboxRequest, RunPodSandboxResponse> RunPodSandbox =
        RpcMethod.Unary<RunPodSandboxRequest, RunPodSandboxResponse>(RuntimeService, "RunPodSandbox");

    public static readonly RpcMethod<StopPodSandboxRequest, StopPodSandboxResponse> StopPodSandbox =
        RpcMethod.Unary<StopPodSandboxRequest, StopPodSandboxResponse>(RuntimeService, "StopPodSandbox");

    public static readonly RpcMethod<RemovePodSandboxRequest, RemovePodSandboxResponse> RemovePodSandbox =
        RpcMethod.Unary<RemovePodSandboxRequest, RemovePodSandboxResponse>(RuntimeService, "RemovePodSandbox");

    public static readonly RpcMethod<PodSandboxStatusRequest, PodSandboxStatusResponse> PodSandboxStatus =
        RpcMethod.Unary<PodSandboxStatusRequest, PodSandboxStatusResponse>(RuntimeService, "PodSandboxStatus");

    public static readonly RpcMethod<ListPodSandboxRequest, ListPodSandboxResponse> ListPodSandbox =
        RpcMethod.Unary<ListPodSandboxRequest, ListPodSandboxResponse>(RuntimeService, "ListPodSandbox");

    public static readonly RpcMethod<StreamPodSandboxesRequest, StreamPodSandboxesResponse> StreamPodSandboxes =
        RpcMethod.ServerStreaming<StreamPodSandboxesRequest, StreamPodSandboxesResponse>(
            RuntimeService, "StreamPodSandboxes");

    public static readonly RpcMethod<CreateContainerRequest, CreateContainerResponse> CreateContainer =
        RpcMethod.Unary<CreateContainerRequest, CreateContainerResponse>(RuntimeService, "CreateContainer");

    public static readonly RpcMethod<StartContainerRequest, StartContainerResponse> StartContainer =
        RpcMethod.Unary<StartContainerRequest, StartContainerResponse>(RuntimeService, "StartContainer");

    public static readonly RpcMethod<StopContainerRequest, StopContainerResponse> StopContainer =
        RpcMethod.Unary<StopContainerRequest, StopContainerResponse>(RuntimeService, "StopContainer");

    public static readonly RpcMethod<RemoveContainerRequest, RemoveContainerResponse> RemoveContainer =
        RpcMethod.Unary<RemoveContainerRequest, RemoveContainerResponse>(RuntimeService, "RemoveContainer");

    public static readonly RpcMethod<ListContainersRequest, ListContainersResponse> ListContainers =
        RpcMethod.Unary<ListContainersRequest, ListContainersResponse>(RuntimeService, "ListContainers");

    public static readonly RpcMethod<StreamContainersRequest, StreamContainersResponse> StreamContainers =
        RpcMethod.ServerStreaming<StreamContainersRequest, StreamContainersResponse>(
            RuntimeService, "StreamContainers");

    public static readonly RpcMethod<ContainerStatusRequest, ContainerStatusResponse> ContainerStatus =
        RpcMethod.Unary<ContainerStatusRequest, ContainerStatusResponse>(RuntimeService, "ContainerStatus");

    public static readonly RpcMethod<UpdateContainerResourcesRequest,
        UpdateContainerResourcesResponse> UpdateContainerResources =
        RpcMethod.Unary<UpdateContainerResourcesRequest, UpdateContainerResourcesResponse>(
            RuntimeService, "UpdateContainerResources");

    public static readonly RpcMethod<ReopenContainerLogRequest, ReopenContainerLogResponse> ReopenContainerLog =
        RpcMethod.Unary<ReopenContainerLogRequest, ReopenContainerLogResponse>(RuntimeService, "ReopenContainerLog");

    public static readonly RpcMethod<ExecSyncRequest, ExecSyncResponse> ExecSync =
        RpcMethod.Unary<ExecSyncRequest, ExecSyncResponse>(RuntimeService, "ExecSync");

    public static readonly RpcMethod<ExecRequest, ExecResponse> Exec =
        RpcMethod.Unary<ExecRequest, ExecResponse>(RuntimeService, "Exec");

    public static readonly RpcMethod<AttachRequest, AttachResponse> Attach =
        RpcMethod.Unary<AttachRequest, AttachResponse>(RuntimeService, "Attach");

    public static readonly RpcMethod<PortForwardRequest, PortForwardResponse> PortForward =
        RpcMethod.Unary<PortForwardRequest, PortForwardResponse>(RuntimeService, "PortForward");

    public static readonly RpcMethod<ContainerStatsRequest, ContainerStatsResponse> ContainerStats =
        RpcMethod.Unary<ContainerStatsRequest, ContainerStatsResponse>(RuntimeService, "ContainerStats");

    public static readonly RpcMethod<ListContainerStatsRequest, ListContainerStatsResponse> ListContainerStats =
        RpcMethod.Unary<ListContainerStatsRequest, ListContainerStatsResponse>(RuntimeService, "ListContainerStats");

    public static readonly RpcMethod<StreamContainerStatsRequest, StreamContainerStatsResponse> StreamContainerStats =
        RpcMethod.ServerStreaming<StreamContainerStatsRequest, StreamContainerStatsResponse>(
            RuntimeService, "StreamContainerStats");

    public static readonly RpcMethod<PodSandboxStatsRequest, PodSandboxStatsResponse> PodSandboxStats =
        RpcMethod.Unary<PodSandboxStatsRequest, PodSandboxStatsResponse>(RuntimeService, "PodSandboxStats");

    public static readonly RpcMethod<ListPodSandboxStatsRequest, ListPodSandboxStatsResponse> ListPodSandboxStats =
        RpcMethod.Unary<ListPodSandboxStatsRequest, ListPodSandboxStatsResponse>(RuntimeService, "ListPodSandboxStats");

    public static readonly RpcMethod<StreamPodSandboxStatsRequest,
        StreamPodSandboxStatsResponse> StreamPodSandboxStats =
        RpcMethod.ServerStreaming<StreamPodSandboxStatsRequest, StreamPodSandboxStatsResponse>(
            RuntimeService, "StreamPodSandboxStats");

    public static readonly RpcMethod<UpdateRuntimeConfigRequest, UpdateRuntimeConfigResponse> UpdateRuntimeConfig =
        RpcMethod.Unary<UpdateRuntimeConfigRequest, UpdateRuntimeConfigResponse>(RuntimeService, "UpdateRuntimeConfig");

    public static readonly RpcMethod<StatusRequest, StatusResponse> Status =
        RpcMethod.Unary<StatusRequest, StatusResponse>(RuntimeService, "Status");

    public static readonly RpcMethod<CheckpointContainerRequest, CheckpointContainerResponse> CheckpointContainer =
        RpcMethod.Unary<CheckpointContainerRequest, CheckpointContainerResponse>(RuntimeService, "CheckpointContainer");

    public static readonly RpcMethod<GetEventsRequest, ContainerEventResponse> GetContainerEvents =
        RpcMethod.ServerStreaming<GetEventsRequest, ContainerEventResponse>(RuntimeService, "GetContainerEvents");

    public static readonly RpcMethod<ListMetricDescriptorsRequest,
        ListMetricDescriptorsResponse> ListMetricDescriptors =
        RpcMethod.Unary<ListMetricDescriptorsRequest, ListMetricDescriptorsResponse>(
            RuntimeService, "ListMetricDescriptors");

    public static readonly RpcMethod<ListPodSandboxMetricsRequest,
        ListPodSandboxMetricsResponse> ListPodSandboxMetrics =
        RpcMethod.Unary<ListPodSandboxMetricsRequest, ListPodSandboxMetricsResponse>(
            RuntimeService, "ListPodSandboxMetrics");

    public static readonly RpcMethod<StreamPodSandboxMetricsRequest,
        StreamPodSandboxMetricsResponse> StreamPodSandboxMetrics =
        RpcMethod.ServerStreaming<StreamPodSandboxMetricsRequest, StreamPodSandboxMetricsResponse>(
            RuntimeService, "StreamPodSandboxMetrics");

    public static readonly RpcMethod<RuntimeConfigRequest, RuntimeConfigResponse> RuntimeConfig =
        RpcMethod.Unary<RuntimeConfigRequest, RuntimeConfigResponse>(RuntimeService, "RuntimeConfig");

    public static readonly RpcMethod<UpdatePodSandboxResourcesRequest,
        UpdatePodSandboxResourcesResponse> UpdatePodSandboxResources =
        RpcMethod.Unary<UpdatePodSandboxResourcesRequest, UpdatePodSandboxResourcesResponse>(
            RuntimeService, "UpdatePodSandboxResources");

    public static readonly RpcMethod<ListImagesRequest, ListImagesResponse> ListImages =
        RpcMethod.Unary<ListImagesRequest, ListImagesResponse>(ImageService, "ListImages");

    public static readonly RpcMethod<StreamImagesRequest, StreamImagesResponse> StreamImages =
        RpcMethod.ServerStreaming<StreamImagesRequest, StreamImagesResponse>(ImageService, "StreamImages");

    public static readonly RpcMethod<ImageStatusRequest, ImageStatusResponse> ImageStatus =
        RpcMethod.Unary<ImageStatusRequest, ImageStatusResponse>(ImageService, "ImageStatus");

    public static readonly RpcMethod<PullImageRequest, PullImageResponse> PullImage =
        RpcMethod.Unary<PullImageRequest, PullImageResponse>(ImageService, "PullImage");

    public static readonly RpcMethod<RemoveImageRequest, RemoveImageResponse> RemoveImage =
        RpcMethod.Unary<RemoveImageRequest, RemoveImageResponse>(ImageService, "RemoveImage");

    public static readonly RpcMethod<ImageFsInfoRequest, ImageFsInfoResponse> ImageFsInfo =
        RpcMethod.Unary<ImageFsInfoRequest, ImageFsInfoResponse>(ImageService, "ImageFsInfo");
}
