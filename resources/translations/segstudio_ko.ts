<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko_KR">
<context>
    <name>AboutDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/about.py" line="32"/>
        <source>About segstudio</source>
        <translation>segstudio 정보</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/about.py" line="41"/>
        <source>Licence: Apache-2.0. Everything runs on your own machine.</source>
        <translation>라이선스: Apache-2.0. 모든 작업은 이 컴퓨터에서 이루어집니다.</translation>
    </message>
</context>
<context>
    <name>AddressControl</name>
    <message>
        <location filename="../../segstudio/ui/address_control.py" line="61"/>
        <source>Asking {host} for {name}…</source>
        <translation>{host}에 {name} 파일을 요청하는 중…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/address_control.py" line="62"/>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/address_control.py" line="102"/>
        <source>{host} answers again.</source>
        <translation>{host}에 다시 연결되었습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/address_control.py" line="105"/>
        <source>{reason}: what has been loaded stays, the rest is tried again in {seconds} s.</source>
        <translation>{reason}: 이미 불러온 부분은 그대로 보이고, 나머지는 {seconds}초 뒤에 다시 시도합니다.</translation>
    </message>
</context>
<context>
    <name>AddressDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="28"/>
        <source>Open address</source>
        <translation>주소 열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="35"/>
        <source>Address</source>
        <translation>주소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="36"/>
        <source>Add to the open project</source>
        <translation>열려 있는 프로젝트에 추가</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="46"/>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="47"/>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="48"/>
        <source>Choose a file…</source>
        <translation>파일 선택…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="101"/>
        <source>A cloud-optimised GeoTIFF at https://, http:// or s3://. Only what you look at is fetched. A password or signature in the address is used until the program ends and is not kept.</source>
        <translation>https://, http:// 또는 s3:// 주소의 클라우드 최적화 GeoTIFF입니다. 보는 부분만 가져옵니다. 주소에 든 비밀번호나 서명은 프로그램이 끝날 때까지만 쓰고 저장하지 않습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="109"/>
        <source>Asking {host}…</source>
        <translation>{host}에 요청하는 중…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="131"/>
        <source>Address of the image</source>
        <translation>영상 주소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/address.py" line="131"/>
        <source>Where is the image now?</source>
        <translation>영상이 지금 어디에 있나요?</translation>
    </message>
</context>
<context>
    <name>BackupsDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/backups.py" line="31"/>
        <location filename="../../segstudio/ui/dialogs/backups.py" line="35"/>
        <source>Backups</source>
        <translation>백업</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/backups.py" line="40"/>
        <source>Go back to this one</source>
        <translation>이 백업으로 되돌리기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/backups.py" line="59"/>
        <source>Copies of what you said, newest first</source>
        <translation>작업 내용의 사본 (최신순)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/backups.py" line="63"/>
        <source>None yet: a copy is made while you work and whenever you rest for a minute.</source>
        <translation>아직 없습니다. 작업하는 동안, 그리고 1분간 쉬실 때마다 사본이 만들어집니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/backups.py" line="66"/>
        <source>Keep the last</source>
        <translation>보관할 사본 수</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/backups.py" line="70"/>
        <source>What is replaced is kept beside it in the project&apos;s folder. Predictions stay.</source>
        <translation>교체되는 파일은 프로젝트 폴더에 함께 보관됩니다. 예측은 그대로 유지됩니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/backups.py" line="73"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>ClassesPanel</name>
    <message>
        <location filename="../../segstudio/ui/panels/classes.py" line="30"/>
        <source>Add class</source>
        <translation>클래스 추가</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/classes.py" line="75"/>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/classes.py" line="112"/>
        <source>New class</source>
        <translation>새 클래스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/classes.py" line="125"/>
        <source>Rename</source>
        <translation>이름 바꾸기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/classes.py" line="126"/>
        <source>Change colour…</source>
        <translation>색 바꾸기…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/classes.py" line="128"/>
        <source>Merge into</source>
        <translation>다음 클래스에 병합</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/classes.py" line="133"/>
        <source>Delete with its pixels</source>
        <translation>픽셀과 함께 삭제</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/classes.py" line="138"/>
        <source>Colour of {name}</source>
        <translation>{name} 색</translation>
    </message>
</context>
<context>
    <name>CompactDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/compact.py" line="22"/>
        <source>Compact the history</source>
        <translation>작업 기록 압축</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/compact.py" line="44"/>
        <source>The history of {steps} steps takes {size:.1f} MB</source>
        <translation>작업 기록 {steps}단계가 {size:.1f} MB를 차지합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/compact.py" line="48"/>
        <source>Keep at most</source>
        <translation>최대 보관 크기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/compact.py" line="56"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/compact.py" line="65"/>
        <source>Forget {steps} steps</source>
        <translation>{steps}단계 지우기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/compact.py" line="67"/>
        <source>Nothing has to be forgotten for that.</source>
        <translation>이 크기에는 지울 기록이 없습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/compact.py" line="70"/>
        <source>The {steps} oldest steps could never be undone again; the masks stay as they are, and the newer {left} steps can still be taken back.</source>
        <translation>가장 오래된 {steps}단계는 다시는 실행 취소할 수 없게 됩니다. 마스크는 그대로 유지되며, 이후의 {left}단계는 계속 취소할 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>CopyRows</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="209"/>
        <source>It is at</source>
        <translation>주소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="210"/>
        <source>Copy it into</source>
        <translation>복사할 폴더</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="211"/>
        <source>under the name</source>
        <translation>파일 이름</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="226"/>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
</context>
<context>
    <name>DepthControl</name>
    <message>
        <location filename="../../segstudio/ui/depth_control.py" line="52"/>
        <source>Depth targets</source>
        <translation>깊이 학습 목표</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/depth_control.py" line="64"/>
        <source>Cutting off depth</source>
        <translation>깊이 디코더 제거 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/depth_control.py" line="74"/>
        <source>No depth is known here: click where there is some.</source>
        <translation>이 위치에는 깊이 값이 없습니다. 값이 있는 곳을 클릭하세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/depth_control.py" line="91"/>
        <source>{version}: the same mask bit by bit, without depth; {before} became {after}.</source>
        <translation>{version}: 깊이 없이 비트 단위로 같은 마스크를 냅니다. 크기가 {before}에서 {after}(으)로 줄었습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/depth_control.py" line="118"/>
        <source>Depth targets kept for {count} image(s): models with a depth decoder now learn them too.</source>
        <translation>영상 {count}개의 깊이 학습 목표를 저장했습니다. 이제 깊이 디코더가 있는 모델이 함께 학습합니다.</translation>
    </message>
</context>
<context>
    <name>DepthPanel</name>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="28"/>
        <source>Show depth</source>
        <translation>깊이 표시</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="30"/>
        <source>Tools change only these depths</source>
        <translation>이 깊이 범위만 편집</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="60"/>
        <source>What the model says</source>
        <translation>모델의 예측</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="61"/>
        <source>The target it learns from</source>
        <translation>학습 목표</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="84"/>
        <source>Depth</source>
        <translation>깊이</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="90"/>
        <source>Limit the tools</source>
        <translation>도구 제한</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="115"/>
        <source>Click a place in the image; Esc leaves it.</source>
        <translation>영상에서 위치를 클릭하세요. Esc로 취소합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="124"/>
        <source>Farther than here</source>
        <translation>여기보다 먼 곳</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="124"/>
        <source>Nearer than here</source>
        <translation>여기보다 가까운 곳</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="126"/>
        <source>Higher than here</source>
        <translation>여기보다 높은 곳</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="126"/>
        <source>Lower than here</source>
        <translation>여기보다 낮은 곳</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="129"/>
        <source>Pick the depth by a click on the image</source>
        <translation>영상을 클릭해 깊이를 선택합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="134"/>
        <source>No depth yet: predict with a model that gives mask and depth, or take depth targets.</source>
        <translation>아직 깊이가 없습니다. 마스크와 깊이를 함께 내는 모델로 예측하거나 깊이 학습 목표를 불러오세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="137"/>
        <source>This image has depth targets: a fine-tune teaches the depth decoder too.</source>
        <translation>이 영상에는 깊이 학습 목표가 있습니다. 미세 조정 시 깊이 디코더도 학습합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="138"/>
        <source>Without targets a fine-tune leaves the depth decoder as it is.</source>
        <translation>학습 목표가 없으면 미세 조정은 깊이 디코더를 그대로 둡니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/depth.py" line="143"/>
        <source>{range}: brush, eraser, polygon and fill leave the dimmed rest alone.</source>
        <translation>{range}: 브러시, 지우개, 다각형, 채우기는 어둡게 표시된 나머지 영역을 바꾸지 않습니다.</translation>
    </message>
</context>
<context>
    <name>DepthRange</name>
    <message>
        <location filename="../../segstudio/ui/depth_range.py" line="30"/>
        <source>Depth range</source>
        <translation>깊이 범위</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/depth_range.py" line="31"/>
        <source>Drag the handles: the tools change only what lies between them</source>
        <translation>핸들을 끌어 조절하세요. 도구는 두 핸들 사이의 깊이만 바꿉니다</translation>
    </message>
</context>
<context>
    <name>DepthTargetsDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="38"/>
        <source>Depth targets</source>
        <translation>깊이 학습 목표</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="46"/>
        <source>Start</source>
        <translation>시작</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="67"/>
        <source>A raster for this image</source>
        <translation>이 영상의 래스터</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="68"/>
        <source>A folder of rasters with the images&apos; names</source>
        <translation>영상과 이름이 같은 래스터 폴더</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="69"/>
        <source>A depth network</source>
        <translation>깊이 추정 네트워크</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="77"/>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="98"/>
        <source>Multiply by</source>
        <translation>배율</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="78"/>
        <source>This image</source>
        <translation>이 영상</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="79"/>
        <source>All images of the project</source>
        <translation>프로젝트의 모든 영상</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="92"/>
        <source>Who says how deep the image is</source>
        <translation>깊이를 알려 줄 자료</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="100"/>
        <source>For</source>
        <translation>대상</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="105"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="115"/>
        <source>Choose…</source>
        <translation>선택…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="132"/>
        <source>Depth or height in any unit: a surface model on another grid is reprojected onto the image, 16-bit frames of a depth camera become metres with 0.001.</source>
        <translation>단위에 관계없이 깊이나 높이를 쓸 수 있습니다. 격자가 다른 표면 모델은 영상에 맞게 재투영하고, 깊이 카메라의 16비트 프레임은 배율 0.001로 미터가 됩니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="136"/>
        <source>Relative depth: neither its scale nor its zero means anything.</source>
        <translation>상대 깊이입니다. 배율과 영점에는 의미가 없습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="138"/>
        <source>The folder holds config.json and model.safetensors.</source>
        <translation>폴더에 config.json과 model.safetensors가 있어야 합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="139"/>
        <source>{licence}, {size} MB; its files must be on this machine.</source>
        <translation>{licence}, {size} MB. 파일이 이 컴퓨터에 있어야 합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="141"/>
        <source>Not for commercial work.</source>
        <translation>상업적으로 이용할 수 없습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/depth_targets.py" line="152"/>
        <source>Rasters ({suffixes})</source>
        <translation>래스터 ({suffixes})</translation>
    </message>
</context>
<context>
    <name>EditControl</name>
    <message>
        <location filename="../../segstudio/ui/edit_control.py" line="56"/>
        <source>{job} is still under way: wait for it or cancel it first.</source>
        <translation>{job} 작업이 아직 진행 중입니다. 끝날 때까지 기다리거나 먼저 취소하십시오.</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="28"/>
        <source>Export masks</source>
        <translation>마스크 내보내기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="33"/>
        <source>All images of the project</source>
        <translation>프로젝트의 모든 영상</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="36"/>
        <source>Only {name}</source>
        <translation>{name}만</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="39"/>
        <source>The mask as shown: corrections over prediction</source>
        <translation>보이는 마스크: 예측 위에 수정 내용</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="40"/>
        <source>Corrections only</source>
        <translation>수정 내용만</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="41"/>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="52"/>
        <source>Choose…</source>
        <translation>선택…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="56"/>
        <source>Which images</source>
        <translation>대상 영상</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="58"/>
        <source>What</source>
        <translation>내용</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="60"/>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="62"/>
        <source>GeoTIFF with the image&apos;s georeference and colour table; indexed PNG for photos.</source>
        <translation>영상의 좌표와 색상표를 담은 GeoTIFF, 사진은 색인 PNG로 저장합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="65"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/export.py" line="71"/>
        <source>Folder for the masks</source>
        <translation>마스크 폴더</translation>
    </message>
</context>
<context>
    <name>FineTunePanel</name>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="32"/>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="53"/>
        <source>Fine-tune</source>
        <translation>미세 조정</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="40"/>
        <source>Keep new</source>
        <translation>새 모델 사용</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="41"/>
        <source>Keep old</source>
        <translation>이전 모델 유지</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="53"/>
        <source>Stop and keep the best so far</source>
        <translation>멈추고 가장 좋은 결과 보관</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="68"/>
        <source>min</source>
        <translation>분</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="69"/>
        <source>How long to learn</source>
        <translation>학습 시간</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="128"/>
        <source>Mean IoU {before} → {after} % on the hold-out</source>
        <translation>검증 영역 평균 IoU {before} → {after} %</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="134"/>
        <source>Worse than before: {names}.</source>
        <translation>이전보다 나빠진 클래스: {names}.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="161"/>
        <source>Correct something first: brush what is wrong, Enter where the rest is right.</source>
        <translation>먼저 수정하세요. 틀린 곳은 브러시로 칠하고, 나머지가 맞으면 Enter를 누르세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/fine_tune.py" line="162"/>
        <source>{count} corrected pixels in {classes} classes of this image.</source>
        <translation>이 영상에서 {classes}개 클래스, {count} 픽셀을 수정했습니다.</translation>
    </message>
</context>
<context>
    <name>GetWeightsDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="38"/>
        <source>Get weights</source>
        <translation>가중치 받기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="181"/>
        <source>Accept the licence and get</source>
        <translation>라이선스에 동의하고 받기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="46"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="47"/>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="109"/>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="109"/>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="109"/>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="147"/>
        <source>Licence</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="109"/>
        <source>Here</source>
        <translation>보유</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="116"/>
        <source>Published weights</source>
        <translation>공개된 가중치</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="120"/>
        <source>For {title}</source>
        <translation>{title}용</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="121"/>
        <source>For other models</source>
        <translation>다른 모델용</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="128"/>
        <source>yes</source>
        <translation>예</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="141"/>
        <source>a start for fine-tuning: it knows no classes of yours</source>
        <translation>미세 조정의 출발점: 아직 어떤 클래스도 알지 못합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="143"/>
        <source>Knows</source>
        <translation>아는 클래스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="144"/>
        <source>Accuracy</source>
        <translation>정확도</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="145"/>
        <source>From</source>
        <translation>출처</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="146"/>
        <source>Address</source>
        <translation>주소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="148"/>
        <source>Terms</source>
        <translation>이용 조건</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="181"/>
        <source>Use this model</source>
        <translation>이 모델 사용하기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="187"/>
        <source>{name} is here.</source>
        <translation>{name} 가중치를 받았습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/get_weights.py" line="243"/>
        <source>mean IoU {value} % on its publisher&apos;s own test photos</source>
        <translation>공개한 쪽의 시험 사진에서 평균 IoU {value} %</translation>
    </message>
</context>
<context>
    <name>ImagesPanel</name>
    <message>
        <location filename="../../segstudio/ui/panels/images.py" line="32"/>
        <source>Images</source>
        <translation>영상</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/images.py" line="126"/>
        <source>{size} · {share} % labelled</source>
        <translation>{size} · {share} % 표시됨</translation>
    </message>
</context>
<context>
    <name>ImportWeightsDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="35"/>
        <source>Import weights</source>
        <translation>가중치 가져오기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="41"/>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="42"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="65"/>
        <source>The file must be made for this network; another one is chosen in the model panel.</source>
        <translation>이 네트워크용으로 만든 파일이어야 합니다. 다른 네트워크는 모델 패널에서 고르세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="67"/>
        <source>File of weights</source>
        <translation>가중치 파일</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="68"/>
        <source>Weights (*.safetensors *.pth *.pt *.ckpt *.bin)</source>
        <translation>가중치 (*.safetensors *.pth *.pt *.ckpt *.bin)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="70"/>
        <source>Names of its classes</source>
        <translation>클래스 이름</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="71"/>
        <source>a list in JSON; without one they are numbered</source>
        <translation>JSON 목록. 없으면 번호로 부릅니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="72"/>
        <source>Class lists (*.json)</source>
        <translation>클래스 목록 (*.json)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="73"/>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="76"/>
        <source>What fitted</source>
        <translation>맞은 부분</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="82"/>
        <source>Choose…</source>
        <translation>선택…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="92"/>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="108"/>
        <source>For {title}</source>
        <translation>{title}용</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="119"/>
        <source>It is a model now: {name}.</source>
        <translation>이제 모델로 쓸 수 있습니다: {name}.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="121"/>
        <source>Only its encoder fitted: it is kept as a start for fine-tuning.</source>
        <translation>인코더만 맞았습니다. 미세 조정의 출발점으로 보관합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="130"/>
        <source>{count} of the {wanted} parts the network needs are in the file.</source>
        <translation>네트워크에 필요한 {wanted}개 부분 가운데 {count}개가 파일에 있습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="135"/>
        <source>They lay inside a checkpoint, under {keys}.</source>
        <translation>체크포인트 안의 {keys} 아래에 있었습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="138"/>
        <source>“{prefix}” was taken off their names.</source>
        <translation>이름 앞의 “{prefix}”를 떼었습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="141"/>
        <source>Missing in the file: {names}.</source>
        <translation>파일에 없음: {names}.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="144"/>
        <source>Of another size than the network needs: {names}.</source>
        <translation>필요한 크기와 다름: {names}.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="147"/>
        <source>In the file and not needed: {names}.</source>
        <translation>파일에 있지만 필요 없음: {names}.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/import_weights.py" line="157"/>
        <source>{names} and {count} more</source>
        <translation>{names} 외 {count}개</translation>
    </message>
</context>
<context>
    <name>JobCell</name>
    <message>
        <location filename="../../segstudio/ui/status.py" line="97"/>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/status.py" line="114"/>
        <source>Cancelling…</source>
        <translation>취소하는 중…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/status.py" line="121"/>
        <source>{time} left</source>
        <translation>{time} 남음</translation>
    </message>
</context>
<context>
    <name>JobControl</name>
    <message>
        <location filename="../../segstudio/ui/job_control.py" line="82"/>
        <source>Predicting</source>
        <translation>예측 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/job_control.py" line="106"/>
        <source>{job} is still running: wait for it or cancel it first.</source>
        <translation>{job} 작업이 진행 중입니다. 끝날 때까지 기다리거나 먼저 취소하세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/job_control.py" line="167"/>
        <source>{job} was cancelled; what was done so far is kept.</source>
        <translation>{job} 작업을 취소했습니다. 지금까지의 결과는 보관됩니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/job_control.py" line="174"/>
        <source>{percent} % is there, and Predict goes on from there.</source>
        <translation>{percent} %까지 되어 있으며, 예측을 다시 누르면 거기서부터 이어집니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/job_control.py" line="180"/>
        <source>Show me a tile</source>
        <translation>타일 보기</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/keys.py" line="20"/>
        <source>Keyboard shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/keys.py" line="39"/>
        <source>On the image</source>
        <translation>영상 위에서</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/keys.py" line="59"/>
        <source>Take a class</source>
        <translation>클래스 선택</translation>
    </message>
</context>
<context>
    <name>LayersPanel</name>
    <message>
        <location filename="../../segstudio/ui/panels/layers.py" line="20"/>
        <source>Opacity</source>
        <translation>불투명도</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/layers.py" line="22"/>
        <source>Outlines only</source>
        <translation>윤곽선만</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/layers.py" line="23"/>
        <source>Doubt</source>
        <translation>불확실도</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/layers.py" line="24"/>
        <source>Where the model is least sure</source>
        <translation>모델이 가장 확신하지 못하는 곳</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/layers.py" line="25"/>
        <source>Depth</source>
        <translation>깊이</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/layers.py" line="26"/>
        <source>Depth or height, from models with two decoders</source>
        <translation>두 디코더 모델이 만든 깊이 또는 높이</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/layers.py" line="27"/>
        <source>Side by side</source>
        <translation>나란히 보기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/layers.py" line="49"/>
        <source>Image</source>
        <translation>영상</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/layers.py" line="53"/>
        <source>Mask</source>
        <translation>마스크</translation>
    </message>
</context>
<context>
    <name>LearningCurve</name>
    <message>
        <location filename="../../segstudio/ui/panels/charts.py" line="97"/>
        <source>Mean IoU on the hold-out, %</source>
        <translation>검증 영역 평균 IoU, %</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/charts.py" line="98"/>
        <source>Loss</source>
        <translation>손실</translation>
    </message>
</context>
<context>
    <name>MainToolBar</name>
    <message>
        <location filename="../../segstudio/ui/toolbar.py" line="22"/>
        <source>Toolbar</source>
        <translation>도구 모음</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/toolbar.py" line="54"/>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <location filename="../../segstudio/ui/workbench.py" line="97"/>
        <source>Images</source>
        <translation>영상</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/workbench.py" line="98"/>
        <source>Layers</source>
        <translation>레이어</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/workbench.py" line="99"/>
        <source>Depth</source>
        <translation>깊이</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/workbench.py" line="100"/>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/workbench.py" line="101"/>
        <source>Tool options</source>
        <translation>도구 옵션</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/workbench.py" line="102"/>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/workbench.py" line="103"/>
        <source>Fine-tune</source>
        <translation>미세 조정</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/workbench.py" line="104"/>
        <source>Versions</source>
        <translation>버전</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/main_window.py" line="161"/>
        <source>Recent projects</source>
        <translation>최근 프로젝트</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/main_window.py" line="164"/>
        <source>Language</source>
        <translation>언어</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/main_window.py" line="168"/>
        <source>Panels</source>
        <translation>패널</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/main_window.py" line="201"/>
        <source>Arrange as at first</source>
        <translation>처음 배치로</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/main_window.py" line="180"/>
        <source>The language changes with the next start.</source>
        <translation>다음에 시작할 때 언어가 바뀝니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/workbench.py" line="150"/>
        <source>read-only</source>
        <translation>읽기 전용</translation>
    </message>
</context>
<context>
    <name>MaskControl</name>
    <message>
        <location filename="../../segstudio/ui/mask_control.py" line="33"/>
        <source>Importing {name}</source>
        <translation>{name} 가져오는 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/mask_control.py" line="51"/>
        <source>{name} is imported: {pixels} pixels. Undo takes it back.</source>
        <translation>{name}: {pixels}픽셀을 가져왔습니다. 실행 취소로 되돌릴 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/mask_control.py" line="54"/>
        <source>{name} says what the mask says already: nothing changed.</source>
        <translation>{name}의 내용이 이미 마스크와 같아 바뀐 것이 없습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/mask_control.py" line="57"/>
        <source>{name} names none of the project&apos;s classes: give them the ids or colours of the mask.</source>
        <translation>{name}에 이 프로젝트의 클래스가 없습니다. 클래스의 번호나 색을 마스크에 맞추세요.</translation>
    </message>
</context>
<context>
    <name>MemoryMenu</name>
    <message>
        <location filename="../../segstudio/ui/memory_menu.py" line="16"/>
        <source>Memory for images</source>
        <translation>영상용 메모리</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/memory_menu.py" line="29"/>
        <source>{percent} % of this machine’s memory ({size})</source>
        <translation>이 컴퓨터 메모리의 {percent} % ({size})</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/memory_menu.py" line="31"/>
        <source>For tiles, masks and decoded blocks; from the next image on</source>
        <translation>타일, 마스크, 해독된 블록에 쓰이며, 다음에 여는 영상부터 적용됩니다</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="18"/>
        <source>Bands</source>
        <translation>밴드</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="19"/>
        <source>Gives</source>
        <translation>결과</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="20"/>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="21"/>
        <source>Hold-out</source>
        <translation>검증</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="22"/>
        <source>IoU by class</source>
        <translation>클래스별 IoU</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="23"/>
        <source>Taught with</source>
        <translation>학습 자료</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="24"/>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="25"/>
        <source>Encoder</source>
        <translation>인코더</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="26"/>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="27"/>
        <source>Patch</source>
        <translation>패치</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="28"/>
        <source>Memory</source>
        <translation>메모리</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="29"/>
        <source>Licence</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="30"/>
        <source>Paper</source>
        <translation>논문</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="31"/>
        <source>Source</source>
        <translation>출처</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="39"/>
        <source>any number</source>
        <translation>개수 제한 없음</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="45"/>
        <source>mask and depth</source>
        <translation>마스크와 깊이</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="46"/>
        <source>mask</source>
        <translation>마스크</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="53"/>
        <source>{source}, licence: {licence}</source>
        <translation>{source}, 라이선스: {licence}</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="57"/>
        <source>not on this machine: copy {file} into {folder}</source>
        <translation>이 컴퓨터에 없습니다. {file} 파일을 {folder} 폴더에 복사하세요</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="63"/>
        <source>none yet; its encoder starts from {title}</source>
        <translation>아직 없음. 인코더는 {title}에서 출발합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="73"/>
        <source>{count} M parameters</source>
        <translation>매개변수 {count} M</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model_card.py" line="81"/>
        <source>mean IoU {value} %</source>
        <translation>평균 IoU {value} %</translation>
    </message>
</context>
<context>
    <name>ModelControl</name>
    <message>
        <location filename="../../segstudio/ui/model_control.py" line="70"/>
        <source>{title} calculates with bands that this image does not have.</source>
        <translation>{title}: 계산에 필요한 밴드가 이 영상에 없습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/model_control.py" line="75"/>
        <source>{title} looks at three bands, this image has {count}.</source>
        <translation>{title} 모델은 3밴드를 사용하지만 이 영상은 {count}밴드입니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/model_control.py" line="78"/>
        <source>Use the gray adapter</source>
        <translation>흑백 어댑터 사용</translation>
    </message>
</context>
<context>
    <name>ModelPanel</name>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="46"/>
        <source>About the plugin…</source>
        <translation>플러그인 정보…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="50"/>
        <source>Get weights…</source>
        <translation>가중치 받기…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="51"/>
        <source>Import weights…</source>
        <translation>가중치 가져오기…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="83"/>
        <source>Runs on</source>
        <translation>실행 장치</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="93"/>
        <source>Models</source>
        <translation>모델</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="109"/>
        <source>GPU if there is one</source>
        <translation>GPU가 있으면 GPU</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="110"/>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="111"/>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="124"/>
        <source>Taught in this project</source>
        <translation>이 프로젝트에서 학습</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="131"/>
        <source>Fetched or imported</source>
        <translation>받았거나 가져온 모델</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="137"/>
        <source>Ready to use</source>
        <translation>바로 사용 가능</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="149"/>
        <source>Plugins not allowed yet</source>
        <translation>아직 허용되지 않은 플러그인</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="158"/>
        <source>Changed: {title}</source>
        <translation>변경됨: {title}</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="159"/>
        <source>Its files have changed since you allowed it.</source>
        <translation>허용한 뒤 파일이 바뀌었습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="194"/>
        <source>{title}: no weights yet</source>
        <translation>{title}: 아직 가중치 없음</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="208"/>
        <source>A fixed rule: it predicts and cannot be taught.</source>
        <translation>고정된 규칙입니다: 예측은 하지만 학습할 수 없습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/model.py" line="210"/>
        <source>No weights yet: it can be taught from your corrections.</source>
        <translation>아직 가중치가 없습니다. 수정한 내용으로 학습할 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>NetworkLook</name>
    <message>
        <location filename="../../segstudio/ui/network_look.py" line="29"/>
        <source>{title} sees its bands as they are: only a gray adapter learns a mix of them.</source>
        <translation>{title}은(는) 밴드를 있는 그대로 봅니다. 그레이 어댑터만 밴드 조합을 학습합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/network_look.py" line="41"/>
        <source>Looking through the adapter</source>
        <translation>어댑터 출력 계산 중</translation>
    </message>
</context>
<context>
    <name>NetworkViewDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="26"/>
        <source>What the network sees</source>
        <translation>네트워크가 보는 것</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="46"/>
        <source>Plain stacking</source>
        <translation>단순 채널 복제</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="47"/>
        <source>The adapter&apos;s three bands</source>
        <translation>어댑터의 세 밴드</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="61"/>
        <source>First convolution, less plain stacking</source>
        <translation>첫 번째 합성곱 (단순 복제와의 차이)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="62"/>
        <source>Second convolution, less passing on</source>
        <translation>두 번째 합성곱 (그대로 전달과의 차이)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="68"/>
        <source>biases {values}</source>
        <translation>편향 {values}</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="77"/>
        <source>The adapter has learned nothing yet: what it gives is exactly the stacking of channels.</source>
        <translation>어댑터가 아직 학습한 것이 없습니다. 출력이 채널 복제와 정확히 같습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="84"/>
        <source>The adapter departs from plain stacking by {parts} of the value range, mean (most).</source>
        <translation>어댑터는 단순 복제와 값 범위의 {parts}만큼 다릅니다. 평균(최대)입니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="86"/>
        <source>Its three bands still say the same.</source>
        <translation>세 밴드의 내용은 아직 서로 같습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="87"/>
        <source>Colours show where its three bands disagree.</source>
        <translation>색은 세 밴드가 서로 다른 곳을 나타냅니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/network_view.py" line="94"/>
        <source>{parts}   (percentiles {low} and {high} of each band)</source>
        <translation>{parts}   (밴드별 {low} 및 {high} 백분위수)</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <location filename="../../segstudio/ui/notice_bar.py" line="37"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>Pen</name>
    <message>
        <location filename="../../segstudio/ui/pen.py" line="92"/>
        <source>The depth filter keeps this place from the tools.</source>
        <translation>깊이 필터 때문에 이 위치는 편집할 수 없습니다.</translation>
    </message>
</context>
<context>
    <name>PluginDialog</name>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="30"/>
        <source>Plugin</source>
        <translation>플러그인</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="35"/>
        <source>Allow this plugin</source>
        <translation>이 플러그인 허용</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="36"/>
        <source>Do not allow it any more</source>
        <translation>더 이상 허용하지 않음</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="37"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="65"/>
        <source>Its files</source>
        <translation>구성 파일</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="70"/>
        <source>Its Python will run with your rights: it can read, change and send whatever you can. Allow it only if you trust who wrote it. Your consent holds for exactly these files and ends when one of them changes.</source>
        <translation>플러그인의 Python 코드는 사용자 권한으로 실행되므로 사용자가 할 수 있는 모든 읽기, 변경, 전송이 가능합니다. 작성자를 신뢰할 때만 허용하세요. 동의는 정확히 이 파일들에만 유효하며 파일이 하나라도 바뀌면 끝납니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="80"/>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="80"/>
        <source>Bytes</source>
        <translation>바이트</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="92"/>
        <source>Broken: {reason}</source>
        <translation>손상됨: {reason}</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="93"/>
        <source>Allowed: its models can be used.</source>
        <translation>허용됨: 이 플러그인의 모델을 사용할 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="94"/>
        <source>Not allowed yet: none of its Python has run.</source>
        <translation>아직 허용되지 않음: Python 코드가 전혀 실행되지 않았습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="95"/>
        <source>Its files have changed since you allowed it: it does not run any more.</source>
        <translation>허용한 뒤 파일이 바뀌었습니다: 더 이상 실행되지 않습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="110"/>
        <source>Models</source>
        <translation>모델</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="111"/>
        <source>Licence</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/dialogs/plugin.py" line="112"/>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
</context>
<context>
    <name>PredictButtons</name>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="28"/>
        <source>View</source>
        <translation>화면</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="29"/>
        <source>Area</source>
        <translation>영역</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="30"/>
        <source>Whole scene</source>
        <translation>전체</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="35"/>
        <source>Time and memory are measured whenever the model runs here</source>
        <translation>시간과 메모리는 이 컴퓨터에서 모델이 실행될 때마다 측정됩니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="37"/>
        <source>Start over</source>
        <translation>처음부터</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="67"/>
        <source>Predict all of it again, also what is there already</source>
        <translation>이미 되어 있는 부분까지 전부 다시 예측합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="122"/>
        <source>{scope} goes on at {percent} %</source>
        <translation>{scope}: {percent} %부터 이어집니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="129"/>
        <source>about {number} s</source>
        <translation>약 {number}초</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="131"/>
        <source>about {number} min</source>
        <translation>약 {number}분</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="132"/>
        <source>about {number} h</source>
        <translation>약 {number}시간</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="136"/>
        <source>{memory} of memory, as measured here</source>
        <translation>메모리 {memory} (여기서 측정한 값)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="137"/>
        <source>{memory} of memory; time not known yet</source>
        <translation>메모리 {memory}, 시간은 아직 알 수 없습니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="139"/>
        <source>{memory} of memory, a rough guess</source>
        <translation>메모리 약 {memory} (어림값)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/predict_buttons.py" line="144"/>
        <source>That needs about {needed} of memory and {free} are free: close other programs, or choose a lighter model.</source>
        <translation>메모리가 약 {needed} 필요한데 {free}만 비어 있습니다. 다른 프로그램을 닫거나 더 가벼운 모델을 고르세요.</translation>
    </message>
</context>
<context>
    <name>ProjectControl</name>
    <message>
        <location filename="../../segstudio/ui/project_control.py" line="59"/>
        <source>A job is running: cancel it or wait, then open again.</source>
        <translation>작업이 진행 중입니다. 취소하거나 끝난 뒤에 다시 여세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/project_control.py" line="136"/>
        <source>It shows the same: use it</source>
        <translation>같은 영상입니다. 사용하기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/project_control.py" line="164"/>
        <source>Fetch it</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/project_control.py" line="167"/>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/project_control.py" line="170"/>
        <location filename="../../segstudio/ui/project_control.py" line="191"/>
        <source>Locate it…</source>
        <translation>위치 지정…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/project_control.py" line="196"/>
        <source>The image was found again at {path}.</source>
        <translation>영상을 다음 위치에서 다시 찾았습니다: {path}</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/project_control.py" line="203"/>
        <source>Show the backups</source>
        <translation>백업 보기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/project_control.py" line="209"/>
        <source>{name} has no overviews: to show all of it, all of it is fetched ({size:.0f} MB). Zoom in, or ask for a cloud-optimised GeoTIFF.</source>
        <translation>{name}에는 오버뷰가 없어서 전체를 보려면 파일 전체({size:.0f} MB)를 가져와야 합니다. 확대해서 보거나 클라우드 최적화 GeoTIFF를 받아 여세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/project_control.py" line="230"/>
        <source>Your work is kept in {folder}.</source>
        <translation>작업은 {folder}에 저장됩니다.</translation>
    </message>
</context>
<context>
    <name>Questions</name>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="40"/>
        <source>Open images</source>
        <translation>영상 열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="44"/>
        <source>Add images</source>
        <translation>영상 추가</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="60"/>
        <source>Import a mask</source>
        <translation>마스크 가져오기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="63"/>
        <source>Masks ({suffixes})</source>
        <translation>마스크 ({suffixes})</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="70"/>
        <source>Mask or image?</source>
        <translation>마스크인가요, 영상인가요?</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="71"/>
        <source>{name} is as large as the open image.</source>
        <translation>{name}의 크기가 열린 영상과 같습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="73"/>
        <source>Import as its mask</source>
        <translation>이 영상의 마스크로 가져오기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="74"/>
        <source>Open as an image</source>
        <translation>영상으로 열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="89"/>
        <source>Open a folder of photos or a project</source>
        <translation>사진 폴더 또는 프로젝트 열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="111"/>
        <source>Where is the image now?</source>
        <translation>영상이 지금 어디에 있나요?</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="137"/>
        <source>Images ({suffixes})</source>
        <translation>영상 ({suffixes})</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/questions.py" line="64"/>
        <location filename="../../segstudio/ui/questions.py" line="138"/>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
</context>
<context>
    <name>Review</name>
    <message>
        <location filename="../../segstudio/ui/review.py" line="78"/>
        <source>There is no prediction here to accept: predict this view first.</source>
        <translation>여기에는 승인할 예측이 없습니다. 먼저 이 화면을 예측하세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/review.py" line="92"/>
        <source>No tile is in doubt: predict first, or every tile is done.</source>
        <translation>불확실한 타일이 없습니다. 먼저 예측하세요. 또는 모든 타일이 끝났습니다.</translation>
    </message>
</context>
<context>
    <name>SafeKeeping</name>
    <message>
        <location filename="../../segstudio/ui/safe_keeping.py" line="60"/>
        <source>Restoring a backup</source>
        <translation>백업 복원</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/safe_keeping.py" line="72"/>
        <source>Compacting the history</source>
        <translation>작업 기록 압축</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/safe_keeping.py" line="76"/>
        <source>{steps} old steps are forgotten, {size} are free again.</source>
        <translation>오래된 {steps}단계를 지워 {size}를 확보했습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/safe_keeping.py" line="89"/>
        <source>A part of the project cannot be read: close it and open it again to repair it.</source>
        <translation>프로젝트의 일부를 읽을 수 없습니다. 닫았다가 다시 열면 복구됩니다.</translation>
    </message>
</context>
<context>
    <name>SampleControl</name>
    <message>
        <location filename="../../segstudio/ui/sample_control.py" line="23"/>
        <source>Making the sample</source>
        <translation>예제 만드는 중</translation>
    </message>
</context>
<context>
    <name>ScaleBar</name>
    <message>
        <location filename="../../segstudio/ui/canvas/scale_bar.py" line="67"/>
        <source>{count} px</source>
        <translation>{count} px</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <location filename="../../segstudio/ui/session.py" line="117"/>
        <source>Open read-only</source>
        <translation>읽기 전용으로 열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="122"/>
        <source>Put the newest backup back</source>
        <translation>가장 최근 백업으로 되돌리기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="243"/>
        <source>Taking an edit back</source>
        <translation>편집 취소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="249"/>
        <source>Making an edit again</source>
        <translation>편집 다시 실행</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="257"/>
        <source>Accepting the prediction</source>
        <translation>예측 수락</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="425"/>
        <source>Deleting a class</source>
        <translation>클래스 삭제</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="427"/>
        <source>Merging classes</source>
        <translation>클래스 병합</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="435"/>
        <source>“{name}” is gone from the list; {pixels} pixels of this image changed.</source>
        <translation>“{name}” 클래스를 목록에서 제거했습니다. 이 영상에서 {pixels}픽셀이 변경되었습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="460"/>
        <source>{job} is still under way: wait for it or cancel it first.</source>
        <translation>{job} 작업이 아직 진행 중입니다. 끝날 때까지 기다리거나 먼저 취소하십시오.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="469"/>
        <source>You are looking at an earlier state: nothing is changed there.</source>
        <translation>이전 상태를 보고 있습니다. 이 상태에서는 변경할 수 없습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/session.py" line="470"/>
        <source>Back to now</source>
        <translation>현재로 돌아가기</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <location filename="../../segstudio/ui/status_feed.py" line="70"/>
        <source>unlabelled</source>
        <translation>표시 없음</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/status_feed.py" line="86"/>
        <source>no data</source>
        <translation>값 없음</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/status_feed.py" line="100"/>
        <source>{count} bands {dtype}</source>
        <translation>{count}밴드 {dtype}</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/status_feed.py" line="102"/>
        <source>1 band {dtype}</source>
        <translation>1밴드 {dtype}</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/status_feed.py" line="106"/>
        <source>no georeference</source>
        <translation>좌표 없음</translation>
    </message>
</context>
<context>
    <name>StretchBox</name>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="40"/>
        <source>Gamma</source>
        <translation>감마</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="45"/>
        <source>Auto</source>
        <translation>자동</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="46"/>
        <source>Bands and values that suit the image: the 2nd to the 98th percentile</source>
        <translation>영상에 맞는 밴드와 값: 2~98 백분위</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="66"/>
        <source>Low</source>
        <translation>최소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="66"/>
        <source>High</source>
        <translation>최대</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="100"/>
        <source>{band} as gray</source>
        <translation>{band} 흑백</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="128"/>
        <source>All bands</source>
        <translation>모든 밴드</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="128"/>
        <source>Red</source>
        <translation>빨강</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="128"/>
        <source>Green</source>
        <translation>초록</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/stretch_box.py" line="128"/>
        <source>Blue</source>
        <translation>파랑</translation>
    </message>
</context>
<context>
    <name>StretchControl</name>
    <message>
        <location filename="../../segstudio/ui/stretch_control.py" line="129"/>
        <source>The values of this image cannot be read: check the file.</source>
        <translation>이 영상의 값을 읽을 수 없습니다. 파일을 확인하세요.</translation>
    </message>
</context>
<context>
    <name>Teaching</name>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="37"/>
        <source>Open an image first.</source>
        <translation>먼저 영상을 여세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="59"/>
        <source>Open an image and correct something first.</source>
        <translation>먼저 영상을 열고 수정하세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="67"/>
        <source>Fine-tuning</source>
        <translation>미세 조정 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="78"/>
        <source>Exporting</source>
        <translation>내보내는 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="118"/>
        <source>Mark an area first: press A and drag a rectangle.</source>
        <translation>먼저 영역을 지정하세요. A를 누르고 사각형을 그리세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="133"/>
        <source>The model also knows {names}, which this project has no class for.</source>
        <translation>모델이 아는 {names} 클래스가 이 프로젝트에 없습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="136"/>
        <source>Add these classes</source>
        <translation>클래스 추가</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="143"/>
        <source>{title} has no weights yet: it learns from your corrections first.</source>
        <translation>{title} 모델은 아직 가중치가 없습니다. 먼저 수정한 내용으로 학습합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="144"/>
        <source>Start training from your corrections</source>
        <translation>수정 내용으로 학습 시작</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="148"/>
        <source>{title} needs {file}, which is not on this machine: copy it into {folder}.</source>
        <translation>{title}에는 {file} 파일이 필요하지만 이 컴퓨터에 없습니다. {folder} 폴더에 복사하세요.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/teaching.py" line="166"/>
        <source>Exported to {folder}, read again and found right.</source>
        <translation>{folder}에 내보내고 다시 읽어 확인했습니다.</translation>
    </message>
</context>
<context>
    <name>TimeBar</name>
    <message>
        <location filename="../../segstudio/ui/time_bar.py" line="56"/>
        <location filename="../../segstudio/ui/time_bar.py" line="111"/>
        <source>History</source>
        <translation>작업 기록</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/time_bar.py" line="58"/>
        <source>Before this model</source>
        <translation>이 모델 사용 전</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/time_bar.py" line="59"/>
        <source>Go on from here</source>
        <translation>여기서부터 계속</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/time_bar.py" line="63"/>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/time_bar.py" line="140"/>
        <source>Nothing was corrected yet</source>
        <translation>아직 수정한 내용이 없습니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/time_bar.py" line="143"/>
        <source>before the first correction</source>
        <translation>첫 수정 이전</translation>
    </message>
</context>
<context>
    <name>TimeControl</name>
    <message>
        <location filename="../../segstudio/ui/time_control.py" line="50"/>
        <source>Going back in time</source>
        <translation>이전 시점으로 이동</translation>
    </message>
</context>
<context>
    <name>ToolPanel</name>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="25"/>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="27"/>
        <source>Smoothing</source>
        <translation>손떨림 보정</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="28"/>
        <source>Takes the jitter of a slow hand out of strokes</source>
        <translation>천천히 움직일 때 생기는 손떨림을 획에서 없앱니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="32"/>
        <source>Pressure</source>
        <translation>필압</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="33"/>
        <source>How much smaller the lightest touch of the pen paints</source>
        <translation>펜을 가장 가볍게 댈 때 브러시가 얼마나 작아지는지 정합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="75"/>
        <source>Clear</source>
        <translation>지우기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="90"/>
        <source>All depths</source>
        <translation>모든 깊이</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="106"/>
        <source>Only depth {range}</source>
        <translation>깊이 {range}만</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="110"/>
        <source>[ and ] change the size, the right button erases.</source>
        <translation>[ 와 ] 로 크기 조절, 오른쪽 단추로 지우기.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="111"/>
        <source>Takes back what was said; the prediction shows again.</source>
        <translation>수정 내용을 되돌려 예측이 다시 보입니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="112"/>
        <source>Drag moves the view, the wheel zooms. Hold Space to pan with any tool.</source>
        <translation>끌면 이동, 휠로 확대합니다. 어떤 도구에서든 Space를 누르면 이동합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="113"/>
        <source>Click the corners, double-click closes. Esc leaves it.</source>
        <translation>꼭짓점을 클릭하고 두 번 클릭하면 닫힙니다. Esc로 취소합니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="114"/>
        <source>Click a region: all connected pixels of its class get the class in hand.</source>
        <translation>영역을 클릭하면 이어진 같은 클래스 픽셀이 선택한 클래스로 바뀝니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="123"/>
        <source>off</source>
        <translation>끔</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="127"/>
        <source>Drag a rectangle: it can be predicted on its own.</source>
        <translation>사각형을 그리면 그 영역만 예측할 수 있습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/tool_options.py" line="129"/>
        <source>{size} px, {count} pixels</source>
        <translation>{size} px, {count} 픽셀</translation>
    </message>
</context>
<context>
    <name>VersionsPanel</name>
    <message>
        <location filename="../../segstudio/ui/panels/versions.py" line="27"/>
        <source>Every fine-tune becomes a version here. The one before is never lost.</source>
        <translation>미세 조정할 때마다 새 버전이 됩니다. 이전 버전은 그대로 남습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/versions.py" line="30"/>
        <location filename="../../segstudio/ui/panels/versions.py" line="115"/>
        <source>Use</source>
        <translation>사용</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/versions.py" line="31"/>
        <source>Delete</source>
        <translation>삭제</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/versions.py" line="52"/>
        <source>Version</source>
        <translation>버전</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/versions.py" line="52"/>
        <source>Before</source>
        <translation>이전</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/versions.py" line="52"/>
        <source>After</source>
        <translation>이후</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/versions.py" line="58"/>
        <source>Versions</source>
        <translation>버전</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/panels/versions.py" line="117"/>
        <source>Cut off depth, for deployment</source>
        <translation>배포용으로 깊이 제거</translation>
    </message>
</context>
<context>
    <name>WeightsControl</name>
    <message>
        <location filename="../../segstudio/ui/weights_control.py" line="63"/>
        <source>Getting weights</source>
        <translation>가중치 받는 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/weights_control.py" line="72"/>
        <source>Importing weights</source>
        <translation>가중치 가져오는 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/weights_control.py" line="92"/>
        <source>The weights “{name}” are here.</source>
        <translation>“{name}” 가중치를 받았습니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/weights_control.py" line="93"/>
        <source>Use them</source>
        <translation>사용하기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/weights_control.py" line="98"/>
        <source>“{name}” is here: untrained networks with this encoder start from it.</source>
        <translation>“{name}” 인코더를 받았습니다. 이 인코더를 쓰는 학습 전 네트워크는 여기서 출발합니다.</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <location filename="../../segstudio/ui/welcome.py" line="32"/>
        <source>Recent projects</source>
        <translation>최근 프로젝트</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/welcome.py" line="63"/>
        <source>or drop GeoTIFFs, photos or a folder here</source>
        <translation>또는 GeoTIFF, 사진, 폴더를 여기에 끌어 놓으세요</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/welcome.py" line="76"/>
        <source>Predict a mask, correct it, and the model learns from you.</source>
        <translation>마스크를 예측하고 고치면 모델이 배웁니다.</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/welcome.py" line="85"/>
        <source>Open images…</source>
        <translation>영상 열기…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/welcome.py" line="87"/>
        <source>Folder or project…</source>
        <translation>폴더·프로젝트…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/welcome.py" line="89"/>
        <source>Try the sample</source>
        <translation>예제 열기</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <location filename="../../segstudio/ui/action_spec.py" line="72"/>
        <source>Class {number}</source>
        <translation>클래스 {number}</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="10"/>
        <source>Open images…</source>
        <translation>영상 열기…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="13"/>
        <source>Open images; a project is made beside them</source>
        <translation>영상을 열면 옆에 프로젝트가 만들어집니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="15"/>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="20"/>
        <source>Open folder or project…</source>
        <translation>폴더 또는 프로젝트 열기…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="23"/>
        <source>Open a folder of photos or a project</source>
        <translation>사진 폴더 또는 프로젝트 열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="29"/>
        <source>Open address…</source>
        <translation>주소 열기…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="32"/>
        <source>Open a GeoTIFF at https:// or s3://; only what you look at is fetched</source>
        <translation>https:// 또는 s3:// 주소의 GeoTIFF를 엽니다. 보는 부분만 가져옵니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="38"/>
        <source>Open the copied address</source>
        <translation>복사한 주소 열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="41"/>
        <source>Open the address that was copied in another program</source>
        <translation>다른 프로그램에서 복사한 주소를 엽니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="47"/>
        <source>Add images to this project…</source>
        <translation>프로젝트에 영상 추가…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="50"/>
        <source>Add images to this project</source>
        <translation>프로젝트에 영상 추가</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="57"/>
        <source>Import a mask…</source>
        <translation>마스크 가져오기…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="60"/>
        <source>Take a mask made elsewhere as annotation of the open image</source>
        <translation>다른 곳에서 만든 마스크를 열린 영상의 주석으로 가져옵니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="67"/>
        <source>Depth targets…</source>
        <translation>깊이 학습 목표…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="70"/>
        <source>Height or depth from rasters or a depth network, for models that give depth</source>
        <translation>깊이를 내는 모델을 위해 래스터나 깊이 추정 네트워크에서 높이 또는 깊이를 가져옵니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="77"/>
        <source>Open the sample</source>
        <translation>예제 열기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="80"/>
        <source>A made-up town with buildings, roads, water and height</source>
        <translation>건물, 도로, 물, 높이가 있는 가상 마을</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="87"/>
        <source>Export masks…</source>
        <translation>마스크 내보내기…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="90"/>
        <source>Write masks with their georeference</source>
        <translation>좌표와 함께 마스크를 저장합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="97"/>
        <source>Backups…</source>
        <translation>백업…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="100"/>
        <source>Copies of the project, made while you work; go back to one</source>
        <translation>작업 중에 만들어진 프로젝트 사본을 보고 그 시점으로 되돌립니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="107"/>
        <source>Compact the history…</source>
        <translation>작업 기록 압축…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="110"/>
        <source>See how much room the history takes, and forget its oldest steps</source>
        <translation>작업 기록이 차지하는 용량을 확인하고 가장 오래된 단계를 지웁니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="117"/>
        <source>Quit</source>
        <translation>끝내기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="129"/>
        <location filename="../../segstudio/ui/session.py" line="439"/>
        <source>Undo</source>
        <translation>실행 취소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="132"/>
        <source>Take the last edit back</source>
        <translation>마지막 수정을 되돌립니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="139"/>
        <source>Redo</source>
        <translation>다시 실행</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="142"/>
        <source>Make the edit again</source>
        <translation>되돌린 수정을 다시 합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="149"/>
        <source>History</source>
        <translation>작업 기록</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="152"/>
        <source>See the mask as it was at any moment, and go there</source>
        <translation>원하는 시점의 마스크를 보고 그 시점으로 이동합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="159"/>
        <source>Before this model</source>
        <translation>이 모델 사용 전</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="162"/>
        <source>See the mask as it was before the model came into use</source>
        <translation>현재 모델을 사용하기 전의 마스크를 봅니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="169"/>
        <source>The rest of this tile is right</source>
        <translation>이 타일의 나머지는 맞음</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="172"/>
        <source>Accept the prediction in the tile under the pointer</source>
        <translation>포인터 아래 타일의 예측을 승인합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="180"/>
        <source>Next doubtful tile</source>
        <translation>다음 불확실한 타일</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="183"/>
        <source>Show the tile the model is least sure about</source>
        <translation>모델이 가장 확신하지 못하는 타일로 이동합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="191"/>
        <source>Clear the area</source>
        <translation>영역 지우기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="194"/>
        <source>Forget the marked area</source>
        <translation>지정한 영역을 지웁니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="204"/>
        <source>Keyboard shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_rows.py" line="213"/>
        <source>About segstudio</source>
        <translation>segstudio 정보</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="18"/>
        <source>Pan</source>
        <translation>이동</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="18"/>
        <source>Move the view; hold Space with any tool</source>
        <translation>화면을 옮깁니다. 다른 도구에서는 Space를 누르세요</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="20"/>
        <source>Brush</source>
        <translation>브러시</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="20"/>
        <source>Paint the class; the right button erases</source>
        <translation>클래스를 칠합니다. 오른쪽 단추는 지웁니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="23"/>
        <source>Eraser</source>
        <translation>지우개</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="23"/>
        <source>Take back what was said about pixels</source>
        <translation>픽셀의 수정 내용을 되돌립니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="26"/>
        <source>Polygon</source>
        <translation>다각형</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="26"/>
        <source>Click the corners; double-click closes</source>
        <translation>꼭짓점을 클릭하고 두 번 클릭해 닫습니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="28"/>
        <source>Fill</source>
        <translation>채우기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="28"/>
        <source>Give a connected region another class</source>
        <translation>이어진 영역의 클래스를 바꿉니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="29"/>
        <source>Area</source>
        <translation>영역</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="29"/>
        <source>Mark a rectangle to predict</source>
        <translation>예측할 사각형을 지정합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="33"/>
        <source>Smaller brush</source>
        <translation>브러시 작게</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="42"/>
        <source>Larger brush</source>
        <translation>브러시 크게</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="54"/>
        <source>Whole image</source>
        <translation>전체 보기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="57"/>
        <source>Fit the image into the window</source>
        <translation>영상을 창에 맞춥니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="64"/>
        <source>Zoom in</source>
        <translation>확대</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="74"/>
        <source>Zoom out</source>
        <translation>축소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="82"/>
        <source>One view</source>
        <translation>한 화면</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="82"/>
        <source>The mask over the image</source>
        <translation>영상 위에 마스크를 겹칩니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="86"/>
        <source>Side by side</source>
        <translation>나란히 보기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="89"/>
        <source>Image and mask side by side, with depth where there is one</source>
        <translation>영상과 마스크를 나란히, 깊이가 있으면 함께 봅니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="93"/>
        <source>Swipe</source>
        <translation>밀어 보기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="96"/>
        <source>Drag a line between image and mask</source>
        <translation>영상과 마스크 사이의 선을 끕니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="101"/>
        <source>Hide mask</source>
        <translation>마스크 숨기기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="104"/>
        <source>See the image alone</source>
        <translation>영상만 봅니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="112"/>
        <source>Outlines only</source>
        <translation>윤곽선만</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="123"/>
        <source>Light theme</source>
        <translation>밝은 테마</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="137"/>
        <source>Last class</source>
        <translation>이전 클래스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="150"/>
        <source>Predict the view</source>
        <translation>화면 예측</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="153"/>
        <source>Run the model on what is on screen</source>
        <translation>보이는 부분에 모델을 실행합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="156"/>
        <source>Predict</source>
        <translation>예측</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="161"/>
        <source>Predict the area</source>
        <translation>영역 예측</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="164"/>
        <source>Run the model on the marked area</source>
        <translation>지정한 영역에 모델을 실행합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="171"/>
        <source>Predict the whole scene</source>
        <translation>전체 예측</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="174"/>
        <source>Run the model on the whole image</source>
        <translation>영상 전체에 모델을 실행합니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="181"/>
        <source>Fine-tune</source>
        <translation>미세 조정</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="184"/>
        <source>Teach the model what you corrected</source>
        <translation>수정한 내용을 모델에 가르칩니다</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="191"/>
        <source>What the network sees…</source>
        <translation>네트워크가 보는 것…</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="194"/>
        <source>The bands a gray adapter has learned to make of the image</source>
        <translation>그레이 어댑터가 영상에서 만들어 낸 밴드</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="201"/>
        <source>Cancel the job</source>
        <translation>작업 취소</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="211"/>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="212"/>
        <source>Edit</source>
        <translation>편집</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="213"/>
        <source>Tools</source>
        <translation>도구</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="214"/>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="215"/>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="216"/>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="217"/>
        <source>Help</source>
        <translation>도움말</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="222"/>
        <source>Hold: move the view with any tool</source>
        <translation>누르고 있기: 화면 이동</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="223"/>
        <source>Zoom at the pointer</source>
        <translation>포인터 위치에서 확대</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="224"/>
        <source>Erase to unlabelled</source>
        <translation>표시 없음으로 지우기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="225"/>
        <source>Pick the class under the pointer</source>
        <translation>포인터 아래 클래스 선택</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/action_table.py" line="226"/>
        <source>Leave the polygon or area being drawn</source>
        <translation>그리던 다각형이나 영역 취소</translation>
    </message>
</context>
<context>
    <name>edits</name>
    <message>
        <location filename="../../segstudio/ui/words.py" line="93"/>
        <source>brush</source>
        <translation>브러시</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="94"/>
        <source>eraser</source>
        <translation>지우개</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="95"/>
        <source>polygon</source>
        <translation>다각형</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="96"/>
        <source>fill</source>
        <translation>채우기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="97"/>
        <source>accept</source>
        <translation>승인</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="98"/>
        <source>clear</source>
        <translation>지우기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="99"/>
        <source>import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="100"/>
        <source>merge classes</source>
        <translation>클래스 병합</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="101"/>
        <source>delete class</source>
        <translation>클래스 삭제</translation>
    </message>
</context>
<context>
    <name>jobs</name>
    <message>
        <location filename="../../segstudio/ui/words.py" line="76"/>
        <source>Starting the engine</source>
        <translation>엔진 준비 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="77"/>
        <source>Loading the model</source>
        <translation>모델 불러오는 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="78"/>
        <source>Predicting</source>
        <translation>예측 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="79"/>
        <source>Learning</source>
        <translation>학습 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="80"/>
        <source>Learning, seg</source>
        <translation>학습 중 (마스크)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="81"/>
        <source>Learning, depth</source>
        <translation>학습 중 (깊이)</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="82"/>
        <source>Building a place</source>
        <translation>장소 만드는 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="83"/>
        <source>Reading depth</source>
        <translation>깊이 읽는 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="84"/>
        <source>Restoring</source>
        <translation>복원 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="85"/>
        <source>Looking for depth</source>
        <translation>깊이 추정 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="86"/>
        <source>Looking through the adapter</source>
        <translation>어댑터 출력 계산 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="87"/>
        <source>Cutting off depth</source>
        <translation>깊이 디코더 제거 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="88"/>
        <source>Fetching weights</source>
        <translation>가중치 받는 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="89"/>
        <source>Checking the weights</source>
        <translation>가중치 확인 중</translation>
    </message>
    <message>
        <location filename="../../segstudio/ui/words.py" line="90"/>
        <source>Reading the weights</source>
        <translation>가중치 읽는 중</translation>
    </message>
</context>
</TS>
